using System.Collections.Concurrent;
using System.Net;
using Npgsql;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Text;
using Polly;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Payees;

/// <summary>
/// Who there is to pay: first from memory, then from this service's own copy, which account events feed, and only for
/// what is in neither from Accounts itself. So payments are accepted while Accounts is down, and an account that was
/// opened a moment ago is found before its event arrives.
/// </summary>
public sealed class AccountDirectory(
    NpgsqlDataSource database,
    IHttpClientFactory clients,
    TimeProvider clock,
    ILogger<AccountDirectory> logger
)
{
    public const string ClientName = "accounts";

    private const int MemoryLimit = 100_000;

    // Names may change; a replica that did not get the event shows the old one this long.
    private static readonly TimeSpan MemoryAge = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TenantId, Guid), (DirectoryEntry Entry, DateTimeOffset Until)> _memory =
        new();

    public ValueTask<DirectoryAnswer> FindAsync(TenantId tenant, AccountId id, CancellationToken cancellationToken) =>
        _memory.TryGetValue((tenant, id.Value), out var known) && known.Until > clock.GetUtcNow()
            ? ValueTask.FromResult(new DirectoryAnswer(known.Entry))
            : new ValueTask<DirectoryAnswer>(
                LookUpAsync(tenant, (id.ToString(), ""), "account_id = $2", [Value(id.Value)], cancellationToken)
            );

    /// <param name="payee">
    /// An account's id or number, or a person's handle (<c>@asha</c>), which with the currency means one account.
    /// </param>
    public ValueTask<DirectoryAnswer> FindAsync(
        TenantId tenant,
        string payee,
        string currency,
        CancellationToken cancellationToken
    )
    {
        if (AccountId.TryParse(payee, null, out var id))
            return FindAsync(tenant, id, cancellationToken);
        if (AccountNumber.TryParse(payee, out var number))
        {
            return new ValueTask<DirectoryAnswer>(
                LookUpAsync(
                    tenant,
                    (number.Digits, ""),
                    "account_number = $2",
                    [Value(number.Digits)],
                    cancellationToken
                )
            );
        }

        if (payee is not ['@' or '＠', ..])
            return ValueTask.FromResult(DirectoryAnswer.None);
        var handle = Folding.Fold(payee);
        return new ValueTask<DirectoryAnswer>(
            LookUpAsync(
                tenant,
                (handle, currency),
                "handle = $2 and currency = $3 and status <> 'closed'",
                [Value(handle), Value(currency)],
                cancellationToken
            )
        );
    }

    /// <summary>
    /// Writes what Accounts told, within the caller's transaction; an older version never replaces a newer one.
    /// </summary>
    public static void Store(NpgsqlBatch batch, IReadOnlyCollection<AccountSnapshot> accounts)
    {
        var latest = accounts
            .GroupBy(account => account.AccountId)
            .Select(group => group.MaxBy(account => account.Version)!)
            .OrderBy(account => account.AccountId.Value)
            .ToList();
        if (latest.Count == 0)
            return;
        batch.BatchCommands.Add(
            Command(
                """
                insert into account_directory (
                  account_id, tenant_id, account_number, owner_id, holder_name, handle, currency, status, time_zone,
                  version)
                select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict (account_id) do update set
                  holder_name = excluded.holder_name, handle = excluded.handle, status = excluded.status,
                  time_zone = excluded.time_zone, version = excluded.version
                where account_directory.tenant_id = excluded.tenant_id
                  and account_directory.version < excluded.version
                """,
                Column(latest, account => account.AccountId.Value),
                OfTenants(latest, account => account.TenantId),
                Column(latest, account => account.AccountNumber),
                Column(latest, account => account.OwnerId.Value),
                Column(latest, account => account.HolderName),
                Column(latest, account => account.Handle),
                Column(latest, account => account.Currency),
                Column(latest, account => EnumNames.Of(account.Status)),
                Column(latest, account => account.TimeZone),
                Column(latest, account => account.Version)
            )
        );
    }

    /// <summary>Call it after the commit: the next look-up of these accounts reads the table.</summary>
    public void Forget(IEnumerable<AccountSnapshot> accounts)
    {
        foreach (var account in accounts)
            _memory.TryRemove((account.TenantId, account.AccountId.Value), out _);
    }

    /// <param name="condition">Its parameters begin with <c>$2</c>; the first one is the tenant.</param>
    private async Task<DirectoryAnswer> LookUpAsync(
        TenantId tenant,
        (string Payee, string Currency) wanted,
        string condition,
        NpgsqlParameter[] values,
        CancellationToken cancellationToken
    )
    {
        if (await ReadAsync(tenant, condition, values, cancellationToken) is { } known)
            return new DirectoryAnswer(Remember(known));
        try
        {
            // Short, because the payer waits: a quick 503 with a key to retry is better than a long wait.
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(TimeSpan.FromSeconds(2));
            var (payee, currency) = (Uri.EscapeDataString(wanted.Payee), Uri.EscapeDataString(wanted.Currency));
            using var question = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri($"/internal/accounts/resolve?to={payee}&currency={currency}", UriKind.Relative)
            );
            using var response = await clients.CreateClient(ClientName).SendAsync(question.For(tenant), timeout.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return DirectoryAnswer.None;
            response.EnsureSuccessStatusCode();
            if (await response.Content.ReadFromJsonAsync<AccountSnapshot>(timeout.Token) is not { } found)
                return DirectoryAnswer.NobodyToAsk;
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            Store(batch, [found]);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return new DirectoryAnswer(
                Remember(
                    new DirectoryEntry(
                        found.AccountId,
                        found.OwnerId,
                        found.HolderName,
                        found.Handle,
                        found.Currency,
                        found.TimeZone
                    )
                    {
                        Tenant = found.TenantId,
                    }
                )
            );
        }
        catch (Exception away)
            when (away is HttpRequestException or ExecutionRejectedException
                || (away is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            logger.LogWarning("Accounts could not be asked for an account: {Reason}", away.Message);
            return DirectoryAnswer.NobodyToAsk;
        }
    }

    private async Task<DirectoryEntry?> ReadAsync(
        TenantId tenant,
        string condition,
        NpgsqlParameter[] values,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(
            $"""
            select account_id, owner_id, holder_name, handle, currency, time_zone from account_directory
            where tenant_id = $1 and {condition}
            """
        );
        command.Parameters.Add(OfTenant(tenant));
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DirectoryEntry(
                new AccountId(reader.GetGuid(0)),
                new PartyId(reader.GetGuid(1)),
                reader.GetString(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5)
            )
            {
                Tenant = tenant,
            }
            : null;
    }

    private DirectoryEntry Remember(DirectoryEntry entry)
    {
        // Bounded the simple way: what is asked for often is back at once.
        if (_memory.Count >= MemoryLimit)
            _memory.Clear();
        _memory[(entry.Tenant, entry.AccountId.Value)] = (entry, clock.GetUtcNow() + MemoryAge);
        return entry;
    }
}
