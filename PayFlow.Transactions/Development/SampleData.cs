using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.Transactions.Confirmation;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Development;

/// <summary>
/// The sample people know each other as payees and have paid each other for a month, in Development only, so that a
/// first look at the product needs no PIN. The check itself is the same for them: above the amount that needs a
/// confirmation they are asked for it.
/// </summary>
public static class SampleData
{
    /// <summary>As Accounts opens them.</summary>
    private static readonly Guid[] Accounts =
    [
        .. Enumerable.Range(1, 5).Select(number => SampleHistory.AccountOf(number).Value),
    ];

    /// <summary>
    /// The postings that put the first money into the accounts of the four who pay each other, and how much.
    /// </summary>
    private static readonly Dictionary<Guid, long> Openings = SampleHistory.Balances.ToDictionary(
        balance => SampleHistory.OpeningOf(balance.Key).Value,
        balance => SampleHistory.OpeningFor(balance.Key, balance.Value)
    );

    public static void AddSampleData(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
            return;
        builder.Services.AddRunning<Seeding>();
        builder.Services.AddHealthChecks().AddCheck<Seeding>("sample data");
    }

    /// <summary>
    /// Accounts opens their accounts while this service starts, and its events bring them here: until then it looks
    /// again.
    /// </summary>
    internal sealed class Seeding(NpgsqlDataSource database, TimeProvider clock, ILogger<Seeding> logger)
        : DatabaseRounds(TimeSpan.FromMilliseconds(250), clock, logger),
            IHealthCheck
    {
        // The month comes by events of Accounts. Where they take long, the service is no less ready.
        private const int MaxRounds = 40;

        private volatile bool _done;
        private int _rounds;

        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult(
                _done
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("The sample people do not know each other yet.")
            );

        protected override async Task RoundAsync(CancellationToken cancellationToken)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var parties = new List<Guid>();
            await using (
                var read = new NpgsqlCommand(
                    "select owner_id from account_directory where tenant_id = $2 and account_id = any($1)",
                    connection
                )
                {
                    Parameters = { Value(Accounts), OfTenant(TenantSources.Samples) },
                }
            )
            await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    parties.Add(reader.GetGuid(0));
            }

            if (parties.Count < Accounts.Length)
                return;
            await using var write = new NpgsqlBatch(connection);
            write.BatchCommands.Add(
                KnownPayees.Add(
                    [
                        .. parties
                            .SelectMany(
                                _ => parties,
                                (payer, payee) => new PayeePair(TenantSources.Samples, payer, payee)
                            )
                            .Where(pair => pair.Payer != pair.Payee),
                    ],
                    Clock.GetUtcNow()
                )
            );
            await write.ExecuteNonQueryAsync(cancellationToken);
            var isRecorded = await RecordAsync(connection, cancellationToken);
            _done |= isRecorded || ++_rounds >= MaxRounds;
            if (isRecorded)
                Done();
        }

        /// <summary>
        /// Records the payments of the month that Accounts has posted, and their times. The opening balances, whose
        /// events come from there, say when that was, and whether: accounts that began with other balances have no such
        /// month.
        /// </summary>
        /// <returns>False while an opening balance is not known here yet.</returns>
        private static async Task<bool> RecordAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        {
            var balances = new Dictionary<Guid, (long Amount, DateTimeOffset At)>();
            await using (
                var read = new NpgsqlCommand(
                    "select id, amount, created_at from transactions where tenant_id = $2 and id = any($1)",
                    connection
                )
                {
                    Parameters = { Value(Openings.Keys.ToArray()), OfTenant(TenantSources.Samples) },
                }
            )
            await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    balances[reader.GetGuid(0)] = (
                        reader.GetInt64(1),
                        await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken)
                    );
            }

            if (balances.Count < Openings.Count)
                return false;
            if (balances.Any(balance => balance.Value.Amount != Openings[balance.Key]))
                return true;
            var start = balances.Values.Max(balance => balance.At);
            var payments = SampleHistory.Payments;
            await using var write = new NpgsqlBatch(connection);
            write.BatchCommands.Add(
                Command(
                    """
                    with fresh as (
                      insert into transactions (
                        id, tenant_id, type, status, from_account, from_owner, from_name, from_handle,
                        to_account, to_owner, to_name, to_handle, amount, fee, currency, note, refunded_amount,
                        channel, leg, failure_reason, created_at, debited_at, credited_at, ended_at)
                      select v.id, f.tenant_id, 'transfer', case when reason is null then 'completed' else 'failed' end,
                        payer, f.owner_id, f.holder_name, f.handle, payee, t.owner_id, t.holder_name, t.handle,
                        amount, 0, 'INR', note, 0, 'api', 1, reason, at,
                        case when reason is null then at + interval '90 milliseconds' end,
                        case when reason is null then at + interval '120 milliseconds' end,
                        at + interval '180 milliseconds'
                      from unnest($1, $2, $3, $4, $5, $6, $7) v(id, payer, payee, amount, note, reason, at)
                      join account_directory f on f.tenant_id = $10 and f.account_id = payer
                      join account_directory t on t.tenant_id = $10 and t.account_id = payee
                      on conflict (id) do nothing
                      returning id)
                    update transactions set created_at = $9, debited_at = $9, credited_at = $9, ended_at = $9
                    where tenant_id = $10 and id = any($8) and exists (select from fresh)
                    """,
                    Column(payments, payment => payment.Id.Value),
                    Column(payments, payment => payment.Payer.Value),
                    Column(payments, payment => payment.Payee.Value),
                    Column(payments, payment => payment.Minor),
                    Column(payments, payment => payment.Note),
                    Column(payments, payment => payment.Failure is { } reason ? EnumNames.Of(reason) : null),
                    Column(payments, payment => start.AddDays(-payment.DaysAgo).AddMinutes(11 * payment.Number)),
                    Value(Openings.Keys.ToArray()),
                    Value(start.AddDays(-payments[0].DaysAgo - 1)),
                    OfTenant(TenantSources.Samples)
                )
            );
            await write.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
    }
}
