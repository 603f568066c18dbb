using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Intake;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Refunds;

/// <summary>
/// All refunds of a payment together never exceed it. The payment's row is locked first, so that replicas decide on
/// its refunds one after the other. A pending refund counts, and a failed one does not.
/// </summary>
public sealed class RefundAdmission : IKindAdmission
{
    public const string NothingLeft = "The payment is refunded already, or its refunds are on their way.";

    public AdmissionBatch Begin(IReadOnlyList<Transfer> requests) => new Batch(requests);

    private sealed class Batch(IReadOnlyList<Transfer> requests) : AdmissionBatch
    {
        private readonly Dictionary<(TenantId Tenant, Guid Original), long> _left = [];

        public override IReadOnlyList<NpgsqlBatchCommand> Load { get; } =
        [
            Command(
                """
                select tenant_id, id, amount from transactions where tenant_id = any($2) and id = any($1)
                order by id for update
                """,
                Originals(requests),
                Tenants(requests)
            ),
            Command(
                """
                select tenant_id, original_id, sum(amount)::bigint from transactions
                where tenant_id = any($2) and original_id = any($1) and status <> 'failed'
                group by tenant_id, original_id
                """,
                Originals(requests),
                Tenants(requests)
            ),
        ];

        public override void Read(NpgsqlDataReader reader)
        {
            while (reader.Read())
                _left[Key(reader)] = reader.GetInt64(2);
            reader.NextResult();
            while (reader.Read())
                _left[Key(reader)] -= reader.GetInt64(2);
        }

        public override IntakeOutcome.Refused? Decide(Transfer request)
        {
            var left = _left.GetValueOrDefault(Key(request));
            if (request.Amount <= left)
                return null;
            var rest = new Money(left, Currency.Parse(request.Currency));
            return new IntakeOutcome.Refused(
                RefundProblems.RefundExceeds,
                left == 0 ? NothingLeft : $"At most {rest.Display()} of the payment can still be refunded."
            );
        }

        public override void Admitted(Transfer request) => _left[Key(request)] -= request.Amount;

        private static (TenantId Tenant, Guid Original) Key(NpgsqlDataReader reader) =>
            (new TenantId(reader.GetGuid(0)), reader.GetGuid(1));

        private static (TenantId Tenant, Guid Original) Key(Transfer request) =>
            (request.Tenant, request.OriginalId!.Value);

        private static NpgsqlParameter<Guid[]> Originals(IReadOnlyList<Transfer> requests) =>
            Value(requests.Select(request => request.OriginalId!.Value).Distinct().ToArray());

        private static NpgsqlParameter<Guid[]> Tenants(IReadOnlyList<Transfer> requests) =>
            OfTenants([.. requests.Select(request => request.Tenant).Distinct()], tenant => tenant);
    }
}
