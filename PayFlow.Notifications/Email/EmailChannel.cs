using Npgsql;
using PayFlow.Notifications.Delivery;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Notifications.Email;

/// <summary>Queues e-mails, which <see cref="MailSender"/> sends. Without a mail server it queues none.</summary>
public sealed class EmailChannel(MailOptions options, TimeProvider clock) : IDeliveryChannel
{
    public void Queue(NpgsqlBatch batch, IReadOnlyList<NotificationRequest> requests, DateTimeOffset now)
    {
        if (!options.IsConfigured)
            return;
        var emails = requests.Where(request => request.EmailAddress is not null).ToList();
        if (emails.Count == 0)
            return;
        batch.BatchCommands.Add(
            Command(
                """
                insert into emails (
                  id, tenant_id, recipient_id, address, kind, title, body, request_id, sealed_code, expires_at,
                  created_at, tries, next_try_at)
                select id, tenant, recipient, address, kind, title, body, request, code, expires, $11, 0, $11
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                  v(id, tenant, recipient, address, kind, title, body, request, code, expires)
                on conflict (request_id) do nothing
                """,
                Column(emails, _ => NotificationId.New(clock).Value),
                Column(emails, email => email.TenantId.Value),
                Column(emails, email => email.RecipientId.Value),
                Column(emails, email => email.EmailAddress!),
                Column(emails, email => email.Kind),
                Column(emails, email => email.Title),
                Column(emails, email => email.Body),
                Column(emails, email => email.RequestId),
                Column(emails, email => email.SealedCode),
                Column(emails, email => email.ExpiresAt?.ToUniversalTime()),
                Value(now)
            )
        );
    }
}
