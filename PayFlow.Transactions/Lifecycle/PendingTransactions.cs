using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Limits;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Lifecycle;

internal static class PendingTransactions
{
    /// <summary>Reads ended ones too, to distinguish a late message from an unknown one.</summary>
    public static Dictionary<(TenantId Tenant, Guid Id), PendingTransaction> Read(
        NpgsqlConnection connection,
        IReadOnlyCollection<(TenantId Tenant, Guid Id)> wanted
    )
    {
        using var read = new NpgsqlCommand(
            """
            select id, tenant_id, type, status, leg, from_account, from_owner, from_name, from_handle, to_account,
                   to_owner, to_name, to_handle, amount, currency, note, created_at, debited_at, credited_at, ended_at,
                   failure_reason, initiated_by, limit_day, xmin, step, expires_at, details,
                   original_id
            from transactions where tenant_id = any($2) and id = any($1)
            """,
            connection
        );
        read.Parameters.Add(Column(wanted, one => one.Id));
        read.Parameters.Add(OfTenants([.. wanted.Select(one => one.Tenant).Distinct()], tenant => tenant));
        using var reader = read.ExecuteReader();
        var rows = new Dictionary<(TenantId, Guid), PendingTransaction>(wanted.Count);
        while (reader.Read())
        {
            var created = reader.GetFieldValue<DateTimeOffset>(16);
            var currency = reader.GetString(14);
            var money = new Money(reader.GetInt64(13), Currency.Parse(currency));
            var amount = money.ToString();
            var state = new SagaState(
                EnumNames.Parse<TransactionStatus>(reader.GetString(3)),
                reader.GetInt16(4),
                new LedgerSide(reader.GetGuid(5), amount, currency),
                new LedgerSide(reader.GetGuid(9), amount, currency),
                created
            )
            {
                Step = Text(24),
                DebitedAt = Time(17),
                CreditedAt = Time(18),
                EndedAt = Time(19),
                FailureReason = reader.IsDBNull(20) ? null : EnumNames.Parse<FailureReason>(reader.GetString(20)),
            };
            var facts = new TransactionFacts(
                new TenantId(reader.GetGuid(1)),
                new TransactionId(reader.GetGuid(0)),
                reader.GetString(2),
                Participant(5),
                Participant(9),
                amount,
                currency,
                Text(15),
                created,
                created
            );
            CountedUsage? counted = reader.IsDBNull(22)
                ? null
                : new CountedUsage(
                    new LimitSubjectKey(new TenantId(reader.GetGuid(1)), reader.GetGuid(21), currency),
                    reader.GetFieldValue<DateOnly>(22),
                    money.Minor
                );
            rows[(facts.TenantId, facts.TransactionId.Value)] = new PendingTransaction(
                state,
                facts,
                counted,
                reader.GetFieldValue<uint>(23)
            )
            {
                Terms = new TransactionTerms
                {
                    TenantId = facts.TenantId,
                    Id = facts.TransactionId,
                    From = facts.From.AccountId,
                    To = facts.To.AccountId,
                    Amount = money,
                    CreatedAt = created,
                    ExpiresAt = Time(25),
                    Details = Text(26),
                    OriginalId = reader.IsDBNull(27) ? null : reader.GetGuid(27),
                },
            };
        }

        return rows;

        DateTimeOffset? Time(int column) =>
            reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        Participant Participant(int column) =>
            new(
                new AccountId(reader.GetGuid(column)),
                reader.IsDBNull(column + 1) ? null : new PartyId(reader.GetGuid(column + 1)),
                reader.GetString(column + 2),
                Text(column + 3)
            );
    }
}
