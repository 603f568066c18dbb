using Npgsql;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Notifications.Email;

/// <summary>
/// Moves e-mails to <c>deliveries</c> that the version before wrote to <c>emails</c>: it may still run beside this one,
/// or was away when this one began. What it has claimed stays with it until the claim ends.
/// </summary>
public sealed class EarlierEmails(NpgsqlDataSource database, TimeProvider clock, ILogger<EarlierEmails> logger)
    : DatabaseRounds(TimeSpan.FromSeconds(5), clock, logger)
{
    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var move = database.CreateCommand(
            """
            with moved as (
              delete from emails where id in (
                select id from emails where next_try_at is null or next_try_at <= now()
                limit 1000 for update skip locked)
              returning *)
            insert into deliveries (
              channel, id, tenant_id, recipient_id, address, kind, title, body, request_id, sealed_code, created_at,
              expires_at, tries, next_try_at, sent_at, failure)
            select 'email', id, tenant_id, recipient_id, address, kind, title, body, request_id, sealed_code,
              created_at, expires_at, tries, next_try_at, sent_at, failure
            from moved
            on conflict do nothing
            """
        );
        await move.ExecuteNonQueryAsync(cancellationToken);
    }
}
