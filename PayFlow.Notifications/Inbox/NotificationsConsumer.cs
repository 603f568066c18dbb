using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Languages;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Messaging.Commits;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Notifications.Inbox;

/// <summary>
/// Stores what people are to be told, a batch in one database transaction, and announces what is new and for the app to
/// the open screens. A notification's id is made of the message that it tells of, so that a message which comes again
/// stores and announces nothing. What is for a delivery channel alone may hold a code, so it is neither stored as a
/// notification nor announced.
/// </summary>
public sealed class NotificationsConsumer(UnitsOfWork units, IEnumerable<IDeliveryChannel> channels, TimeProvider clock)
    : IMessageHandler
{
    private sealed record Stored(
        NotificationId Id,
        ConsumedMessage Message,
        Told Told,
        Draft Draft,
        NotificationText Text
    );

    /// <param name="Transfer">The transfer whose end is told, if it is one.</param>
    /// <param name="Request">What somebody asked to be told, perhaps by e-mail.</param>
    private sealed record Told(
        TenantId Tenant,
        List<Draft> Drafts,
        TransactionFacts? Transfer = null,
        NotificationRequest? Request = null
    );

    public IReadOnlyList<string> Topics { get; } =
    [
        ServiceDefaults.Messaging.Topics.TransactionCompleted,
        ServiceDefaults.Messaging.Topics.TransactionFailed,
        ServiceDefaults.Messaging.Topics.AccountCreated,
        ServiceDefaults.Messaging.Topics.NotificationRequest,
    ];

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var now = clock.GetDatabaseNow();
        var told = batch
            .DistinctBy(message => message.Id, StringComparer.Ordinal)
            .Select(message => (Message: message, Told: Read(message)))
            .ToList();
        var rows = told.SelectMany(one => one.Told.Drafts.Select(draft => Written(one.Message, one.Told, draft)))
            .OrderBy(row => row.Draft.Recipient.Value)
            .ThenBy(row => row.Id.Value)
            .ToList();
        var requests = told.Select(one => one.Told.Request).OfType<NotificationRequest>().ToList();
        var fresh = Write(rows, requests, now);
        NotificationMetrics.Stored(
            fresh.Count,
            [
                .. rows.Where(row => fresh.Contains(row.Id.Value))
                    .Select(row => row.Told.Transfer)
                    .OfType<TransactionFacts>()
                    .Distinct(),
            ],
            now
        );
    }

    /// <summary>
    /// The same each time the message comes: version 7 by the time of what happened, and for the rest a digest of what
    /// says which message and whose notification it is.
    /// </summary>
    private static NotificationId IdOf(ConsumedMessage message, Draft draft)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{message.Id} {draft.Recipient} {draft.Kind}"), digest);
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(message.Time).TryWriteBytes(id, bigEndian: true, out _);
        // All but the time, the version and the variant.
        for (var i = 6; i < id.Length; i++)
            id[i] = i switch
            {
                6 => (byte)(0x70 | (digest[i] & 0x0f)),
                8 => (byte)(0x80 | (digest[i] & 0x3f)),
                _ => digest[i],
            };
        return new NotificationId(new Guid(id, bigEndian: true));
    }

    private static Stored Written(ConsumedMessage message, Told told, Draft draft)
    {
        try
        {
            // Nobody can choose a language yet. A choice of the recipient would be looked up here.
            var text = TextTemplates.Own.Render(draft.Template, draft.Values, Language.English);
            return new Stored(IdOf(message, draft), message, told, draft, text);
        }
        catch (FormatException unwritable)
        {
            throw new PoisonMessageException(message, unwritable.Message);
        }
    }

    private static NotificationCreated Created(Stored row, DateTimeOffset now) =>
        new(
            row.Told.Tenant,
            row.Id,
            row.Draft.Recipient,
            row.Draft.Account,
            row.Draft.Transaction,
            row.Draft.Kind,
            row.Text.Title,
            row.Text.Body,
            now,
            row.Draft.IsQuiet
        );

    private static Told Read(ConsumedMessage message)
    {
        try
        {
            switch (message.Topic)
            {
                case ServiceDefaults.Messaging.Topics.TransactionCompleted:
                    var completed = message.Read<TransactionCompleted>();
                    return new Told(
                        completed.Transaction.TenantId,
                        [.. Wording.Of(completed)],
                        completed.Transaction.Type == TransactionType.Transfer ? completed.Transaction : null
                    );
                case ServiceDefaults.Messaging.Topics.TransactionFailed:
                    var failed = message.Read<TransactionFailed>();
                    return new Told(failed.Transaction.TenantId, [.. Wording.Of(failed)], failed.Transaction);
                case ServiceDefaults.Messaging.Topics.AccountCreated:
                    var created = message.Read<AccountCreated>();
                    return new Told(created.Account.TenantId, [.. Wording.Of(created)]);
                default:
                    var request = message.Read<NotificationRequest>();
                    return new Told(request.TenantId, [.. Wording.Of(request)], Request: request);
            }
        }
        catch (FormatException unreadable)
        {
            throw new PoisonMessageException(message, unreadable.Message);
        }
    }

    /// <summary>
    /// Announces only what was not stored yet. Otherwise each new broker, which gets a day's messages again, would add
    /// a day's announcements to the outbox.
    /// </summary>
    /// <returns>The ids that were not stored yet.</returns>
    private HashSet<Guid> Write(List<Stored> rows, List<NotificationRequest> requests, DateTimeOffset now)
    {
        if (rows.Count + requests.Count == 0)
            return [];
        using var work = units.BeginBatch();
        var fresh = Insert(work.Connection, rows, requests, now);
        foreach (var row in rows.Where(row => fresh.Contains(row.Id.Value)))
            work.Publish(Created(row, now), row.Message.TraceParent);
        // What is repeated may be on this machine only (docs/adr/0010). A transaction that writes nothing would not
        // wait for a standby.
        if (fresh.Count < rows.Count || requests.Count > 0)
            work.Write.BatchCommands.Add(Command("select pg_logical_emit_message(true, 'payflow', '')"));
        work.Commit();
        return fresh;
    }

    private HashSet<Guid> Insert(
        NpgsqlConnection connection,
        List<Stored> rows,
        List<NotificationRequest> requests,
        DateTimeOffset now
    )
    {
        using var insert = new NpgsqlBatch(connection);
        insert.BatchCommands.Add(
            Command(
                """
                insert into notifications (id, tenant_id, recipient_id, account_id, transaction_id, kind, title, body, created_at, read_at)
                select id, tenant, recipient, account, tx, kind, title, body, $10, case when quiet then $10 end from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) v(id, tenant, recipient, account, tx, kind, title, body, quiet)
                on conflict (tenant_id, recipient_id, id) do nothing
                returning id
                """,
                Column(rows, row => row.Id.Value),
                Column(rows, row => row.Told.Tenant.Value),
                Column(rows, row => row.Draft.Recipient.Value),
                Column(rows, row => row.Draft.Account?.Value),
                Column(rows, row => row.Draft.Transaction?.Value),
                Column(rows, row => row.Draft.Kind),
                Column(rows, row => row.Text.Title),
                Column(rows, row => row.Text.Body),
                Column(rows, row => row.Draft.IsQuiet),
                Value(now)
            )
        );
        foreach (var channel in channels)
            channel.Queue(insert, requests, now);
        using var reader = insert.ExecuteReader();
        var fresh = new HashSet<Guid>(rows.Count);
        while (reader.Read())
            fresh.Add(reader.GetGuid(0));
        // To the end, so that a failure of what follows is thrown here.
        while (reader.NextResult()) { }

        return fresh;
    }
}
