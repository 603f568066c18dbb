using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Notifications.Notifications;

/// <summary>Stores what people are to be told, a batch in one database transaction, and announces it to the open screens.</summary>
public sealed class NotificationsConsumer(NpgsqlDataSource database, Inbox inbox, Outbox outbox, TimeProvider clock) : IMessageHandler
{
    private sealed record Stored(NotificationId Id, TenantId Tenant, Draft Draft, string? TraceParent);

    /// <param name="Transfer">The transfer whose end is told, if it is one.</param>
    private sealed record Told(TenantId Tenant, List<Draft> Drafts, TransactionFacts? Transfer = null);

    public IReadOnlyList<string> Topics { get; } =
    [
        ServiceDefaults.Messaging.Topics.TransactionCompleted,
        ServiceDefaults.Messaging.Topics.TransactionFailed,
        ServiceDefaults.Messaging.Topics.AccountCreated,
        ServiceDefaults.Messaging.Topics.NotificationRequest,
    ];

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var read = batch.Select(message => (message, told: Read(message))).ToList();
        var now = clock.GetDatabaseNow();
        var events = outbox.NewBatch();
        List<TransactionFacts> ends;
        using (var connection = database.OpenConnection())
        using (var transaction = connection.BeginTransaction())
        {
            var fresh = inbox.Claim(connection, transaction, ServiceDefaults.Messaging.Topics.NotificationsGroup, batch.Select(message => message.Id));
            var news = read.FindAll(pair => fresh.Remove(pair.message.Id));
            ends = [.. news.Select(pair => pair.told.Transfer).OfType<TransactionFacts>()];
            var rows = news.SelectMany(pair => pair.told.Drafts.Select(draft => new Stored(NotificationId.New(clock), pair.told.Tenant, draft, pair.message.TraceParent)))
                .ToList();
            foreach (var (id, tenant, draft, trace) in rows)
            {
                events.Add(new NotificationCreated(tenant, id, draft.Recipient, draft.Account, draft.Transaction, draft.Kind, draft.Title, draft.Body, now), trace);
            }

            Write(connection, transaction, rows, events, now);
            transaction.Commit();
        }

        outbox.Committed(events);
        NotificationMetrics.Stored(events.Messages.Count, ends, now);
    }

    private static Told Read(ConsumedMessage message)
    {
        try
        {
            switch (message.Topic)
            {
                case ServiceDefaults.Messaging.Topics.TransactionCompleted:
                    var completed = message.Read<TransactionCompleted>();
                    return new Told(completed.Transaction.TenantId, [.. Wording.Of(completed)], completed.Transaction.Type == TransactionType.Transfer ? completed.Transaction : null);
                case ServiceDefaults.Messaging.Topics.TransactionFailed:
                    var failed = message.Read<TransactionFailed>();
                    return new Told(failed.Transaction.TenantId, [.. Wording.Of(failed)], failed.Transaction);
                case ServiceDefaults.Messaging.Topics.AccountCreated:
                    var created = message.Read<AccountCreated>();
                    return new Told(created.Account.TenantId, [.. Wording.Of(created)]);
                default:
                    var request = message.Read<NotificationRequest>();
                    return new Told(request.TenantId, [.. Wording.Of(request)]);
            }
        }
        catch (FormatException unreadable)
        {
            throw new PoisonMessageException(message, unreadable.Message);
        }
    }

    private void Write(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Stored> rows, OutboxBatch events, DateTimeOffset now)
    {
        if (rows.Count == 0) return;
        using var write = new NpgsqlBatch(connection, transaction);
        write.BatchCommands.Add(Command(
            """
            insert into notifications (id, tenant_id, recipient_id, account_id, transaction_id, kind, title, body, created_at)
            select id, tenant, recipient, account, tx, kind, title, body, $9 from unnest($1, $2, $3, $4, $5, $6, $7, $8) v(id, tenant, recipient, account, tx, kind, title, body)
            """,
            Column(rows, row => row.Id.Value),
            Column(rows, row => row.Tenant.Value),
            Column(rows, row => row.Draft.Recipient.Value),
            Column(rows, row => row.Draft.Account?.Value),
            Column(rows, row => row.Draft.Transaction?.Value),
            Column(rows, row => row.Draft.Kind),
            Column(rows, row => row.Draft.Title),
            Column(rows, row => row.Draft.Body),
            Value(now)));
        outbox.AddTo(write, events);
        write.ExecuteNonQuery();
    }
}
