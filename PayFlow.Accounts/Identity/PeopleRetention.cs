using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Deletes sessions, refresh tokens and mailed codes past their time, in small steps. The audit log keeps what
/// happened.
/// </summary>
public sealed class PeopleRetention(NpgsqlDataSource database, TimeProvider clock, ILogger<PeopleRetention> logger)
    : DatabaseRounds(TimeSpan.FromMinutes(1), clock, logger)
{
    /// <summary>What is deleted, and how long after its time.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Retentions { get; } =
        new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
        {
            // For so long its owner may ask where somebody was signed in. Its refresh tokens go with it.
            [
                """
                delete from sessions
                where id in (select id from sessions where tokens_end_at < now() - $1 order by tokens_end_at limit 500)
                """
            ] = TimeSpan.FromDays(30),
            [
                """
                delete from sessions
                where id in (select id from sessions where expires_at < now() - $1 order by expires_at limit 500)
                """
            ] = TimeSpan.FromDays(30),
            // For so long its second use ends the session. Later it is only refused.
            [
                """
                delete from refresh_tokens
                where hash in (select hash from refresh_tokens where used_at < now() - $1 order by used_at limit 1000)
                """
            ] = TimeSpan.FromDays(7),
            [
                """
                delete from mailed_codes
                where id in (select id from mailed_codes where created_at < now() - $1 order by created_at limit 1000)
                """
            ] = TimeSpan.FromDays(7),
        };

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var (sql, kept) in Retentions)
        {
            int deleted;
            do
            {
                await using var command = database.CreateCommand(sql);
                command.Parameters.Add(Value(kept));
                deleted = await command.ExecuteNonQueryAsync(cancellationToken);
            } while (deleted > 0);
        }
    }
}
