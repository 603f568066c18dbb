using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Intake;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// All captures of a hold together never exceed it, and it is released once, with all that is left. The hold's row is
/// locked first, so that replicas decide on one hold one after the other. The ledger checks the same again.
/// </summary>
public sealed class HoldAdmission : IKindAdmission
{
    private const string Ended = "The hold is captured, released or has expired. Ask the payer for a new one.";

    public AdmissionBatch Begin(IReadOnlyList<Transfer> requests) => new Batch(requests);

    /// <param name="Left">What is neither captured nor on its way.</param>
    /// <param name="Pending">What is on its way to the payee.</param>
    private sealed record State(bool IsOpen, long Left, long Pending, DateTimeOffset ExpiresAt);

    private sealed class Batch(IReadOnlyList<Transfer> requests) : AdmissionBatch
    {
        private readonly Dictionary<(TenantId Tenant, Guid Hold), State> _states = [];

        public override IReadOnlyList<NpgsqlBatchCommand> Load { get; } =
        [
            Command(
                """
                select tenant_id, id, status, amount - captured as left, expires_at from holds
                where tenant_id = any($2) and id = any($1) order by id for update
                """,
                Holds(requests),
                Tenants(requests)
            ),
            Command(
                """
                select tenant_id, original_id, type, sum(amount)::bigint as amount from transactions
                where tenant_id = any($2) and original_id = any($1) and status = 'pending'
                group by tenant_id, original_id, type
                """,
                Holds(requests),
                Tenants(requests)
            ),
        ];

        public override void Read(NpgsqlDataReader reader)
        {
            while (reader.Read())
                _states[Key(reader)] = new State(
                    reader.GetString(2) == "open",
                    reader.GetInt64(3),
                    0,
                    reader.GetFieldValue<DateTimeOffset>(4)
                );
            reader.NextResult();
            while (reader.Read())
                Take(Key(reader), reader.GetString(2), reader.GetInt64(3));
        }

        public override IntakeOutcome.Refused? Decide(Transfer request)
        {
            if (_states.GetValueOrDefault(Key(request)) is not { IsOpen: true } hold)
                return new IntakeOutcome.Refused(ProblemCodes.HoldEnded, Ended);
            if (request.Kind.Type == ReleaseKind.Name)
                return hold.Pending == 0 && request.Amount == hold.Left
                    ? null
                    : new IntakeOutcome.Refused(
                        HoldProblems.HoldBusy,
                        "Nothing was released. Repeat the request in a moment."
                    );
            if (request.CreatedAt >= hold.ExpiresAt)
                return new IntakeOutcome.Refused(ProblemCodes.HoldEnded, Ended);
            if (request.Amount <= hold.Left)
                return null;
            var left = new Money(hold.Left, Currency.Parse(request.Currency));
            return new IntakeOutcome.Refused(
                HoldProblems.HoldExceeded,
                hold.Left == 0
                    ? "All of the hold is captured, or its captures are on their way."
                    : $"At most {left.Display()} of the hold can still be captured."
            );
        }

        public override void Admitted(Transfer request) => Take(Key(request), request.Kind.Type, request.Amount);

        private void Take((TenantId Tenant, Guid Hold) key, string type, long amount) =>
            _states[key] =
                type == ReleaseKind.Name
                    ? _states[key] with
                    {
                        IsOpen = false,
                    }
                    : _states[key] with
                    {
                        Left = _states[key].Left - amount,
                        Pending = _states[key].Pending + amount,
                    };

        private static (TenantId Tenant, Guid Hold) Key(NpgsqlDataReader reader) =>
            (new TenantId(reader.GetGuid(0)), reader.GetGuid(1));

        private static (TenantId Tenant, Guid Hold) Key(Transfer request) =>
            (request.Tenant, request.OriginalId!.Value);

        private static NpgsqlParameter<Guid[]> Holds(IReadOnlyList<Transfer> requests) =>
            Value(requests.Select(request => request.OriginalId!.Value).Distinct().ToArray());

        private static NpgsqlParameter<Guid[]> Tenants(IReadOnlyList<Transfer> requests) =>
            OfTenants([.. requests.Select(request => request.Tenant).Distinct()], tenant => tenant);
    }
}
