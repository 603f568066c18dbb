using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>Tells what a failure says of the database.</summary>
public static class DatabaseFailures
{
    /// <summary>
    /// Whether the database failed, or the way to it. Entity Framework wraps such a failure, a passing one even in an
    /// <see cref="InvalidOperationException"/>. Npgsql throws a bare <see cref="SocketException"/> where it cannot
    /// resolve a name, and a bare <see cref="TimeoutException"/> where it cannot connect in time.
    /// </summary>
    public static bool IsOfDatabase(this Exception failure) =>
        failure
            .Chain()
            .Any(inner =>
                inner
                    is NpgsqlException
                        or DbUpdateException
                        or SocketException
                        or TimeoutException
                        or UnavailableException
            );

    /// <summary>
    /// Whether the database, or the way to it, is away: nothing is wrong with the request, and another try may do.
    /// </summary>
    public static bool IsAway(this Exception failure) =>
        failure
            .Chain()
            .FirstOrDefault(inner =>
                inner is NpgsqlException or SocketException or TimeoutException or UnavailableException
            ) switch
        {
            null => false,
            NpgsqlException database => database.IsPassing(),
            _ => true,
        };

    /// <summary>
    /// Whether the server, or the way to it, ended the connection. A pool hands out such a connection after the server
    /// was restarted.
    /// </summary>
    public static bool IsBrokenConnection(this Exception failure) =>
        failure
            .Chain()
            .Any(inner =>
                inner
                    is PostgresException
                        {
                            SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                        }
                        or NpgsqlException { InnerException: IOException }
            );

    /// <summary>
    /// Whether another try may do, or will once somebody has mended the deployment; then it is the fault of nothing
    /// that was written. By the SQLSTATE's class (PostgreSQL, appendix A): connections 08, a session that ended or was
    /// cut off 25 and 57, rolled back 40, short of something 53, tables or rights that are not there 42, as in the
    /// middle of a roll-out or after one was taken back.
    /// </summary>
    public static bool IsPassing(this NpgsqlException failure) =>
        failure.IsTransient
        || (
            failure is PostgresException answer
            && (
                answer.InvariantSeverity is "FATAL" or "PANIC"
                || answer.SqlState[..2] is "08" or "25" or "40" or "42" or "53" or "57"
            )
        );

    private static IEnumerable<Exception> Chain(this Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
            yield return inner;
    }
}
