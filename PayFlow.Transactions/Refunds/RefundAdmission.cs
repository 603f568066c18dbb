using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.Transactions.Intake;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Transactions.Refunds;

/// <summary>
/// All refunds of a payment together never exceed it. The payment's row is locked first, so that replicas decide on
/// its refunds one after the other. A pending refund counts, and a failed one does not.
/// </summary>
public sealed class RefundAdmission : IKindAdmission
{
    public AdmissionBatch Begin(IReadOnlyList<Transfer> requests) => new Batch(requests);

    private sealed class Batch(IReadOnlyList<Transfer> requests) : AdmissionBatch
    {
        private readonly Dictionary<Guid, long> _left = [];

        public override IReadOnlyList<NpgsqlBatchCommand> Load { get; } =
        [
            Command(
                "select id, amount from transactions where id = any($1) order by id for update",
                Value(requests.Select(request => request.OriginalId!.Value).Distinct().ToArray())
            ),
            Command(
                """
                select original_id, sum(amount)::bigint from transactions
                where original_id = any($1) and status <> 'failed' group by original_id
                """,
                Value(requests.Select(request => request.OriginalId!.Value).Distinct().ToArray())
            ),
        ];

        public override void Read(NpgsqlDataReader reader)
        {
            while (reader.Read())
                _left[reader.GetGuid(0)] = reader.GetInt64(1);
            reader.NextResult();
            while (reader.Read())
                _left[reader.GetGuid(0)] -= reader.GetInt64(1);
        }

        public override IntakeOutcome.Refused? Decide(Transfer request)
        {
            var left = _left.GetValueOrDefault(request.OriginalId!.Value);
            if (request.Amount <= left)
                return null;
            var rest = new Money(left, Currency.Parse(request.Currency));
            return new IntakeOutcome.Refused(
                RefundProblems.RefundExceeds,
                left == 0
                    ? "The payment is refunded already, or its refunds are on their way."
                    : $"At most {rest.Display()} of the payment can still be refunded."
            );
        }

        public override void Admitted(Transfer request) => _left[request.OriginalId!.Value] -= request.Amount;
    }
}
