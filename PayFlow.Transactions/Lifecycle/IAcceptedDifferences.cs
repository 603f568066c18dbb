using Npgsql;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// The differences between the record and the ledger that an admin has closed. A module that compares the two
/// implements it, since the lifecycle must not depend on one.
/// </summary>
public interface IAcceptedDifferences
{
    /// <summary>Whether messages about this transaction change nothing more.</summary>
    bool IsAccepted(NpgsqlConnection connection, Guid transaction);
}
