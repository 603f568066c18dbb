using Npgsql;
using PayFlow.Transactions.Lifecycle;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Transactions.Reconciliation;

/// <inheritdoc/>
public sealed class AcceptedDifferences : IAcceptedDifferences
{
    public bool IsAccepted(NpgsqlConnection connection, Guid transaction)
    {
        using var read = new NpgsqlCommand(
            """
            select exists (
              select from reconciliation_differences where transaction_id = $1 and accepted_at is not null)
            """,
            connection
        )
        {
            Parameters = { Value(transaction) },
        };
        return read.ExecuteScalar() is true;
    }
}
