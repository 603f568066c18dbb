using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>Tells what a failure says of the database.</summary>
public static class DatabaseFailures
{
    /// <summary>
    /// Whether the database failed, or the way to it. Entity Framework wraps such a failure, a passing one even in an
    /// <see cref="InvalidOperationException"/>. Npgsql throws a bare <see cref="SocketException"/> where it cannot resolve a name,
    /// and a bare <see cref="TimeoutException"/> where it cannot connect in time.
    /// </summary>
    public static bool IsOfDatabase(this Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is NpgsqlException or DbUpdateException or SocketException or TimeoutException) return true;
        }

        return false;
    }

    /// <summary>
    /// Whether another try may do, or will once somebody has mended the deployment; then it is the fault of nothing that was written.
    /// By the SQLSTATE's class (PostgreSQL, appendix A): connections 08, a session that ended or was cut off 25 and 57, rolled back 40,
    /// short of something 53, tables or rights that are not there 42, as in the middle of a roll-out or after one was taken back.
    /// </summary>
    public static bool IsPassing(this NpgsqlException failure) =>
        failure.IsTransient || (failure is PostgresException answer && (answer.InvariantSeverity is "FATAL" or "PANIC" || answer.SqlState[..2] is "08" or "25" or "40" or "42" or "53" or "57"));
}
