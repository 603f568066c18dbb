using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Languages;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Notifications.Delivery;

/// <summary>
/// Writes the notifications of a batch of messages and lets every channel store them, in one database transaction. An
/// id is made of the message and the recipient, so that a repeated message stores and announces nothing.
/// </summary>
public sealed class NotificationsConsumer(UnitsOfWork units, IEnumerable<IDeliveryChannel> channels, TimeProvider clock)
    : IMessageHandler
{
    private static readonly Subscriptions<List<Notification>> Subscriptions = new Subscriptions<List<Notification>>()
        .On<TransactionCompleted>(
            (all, completed, message) =>
                Add(
                    all,
                    message,
                    completed.Transaction.TenantId,
                    Wording.Of(completed),
                    OnlyTransfer(completed.Transaction)
                )
        )
        .On<TransactionFailed>(
            (all, failed, message) =>
                Add(all, message, failed.Transaction.TenantId, Wording.Of(failed), failed.Transaction)
        )
        .On<AccountCreated>(
            (all, created, message) => Add(all, message, created.Account.TenantId, Wording.Of(created), null)
        )
        .On<NotificationRequest>(
            (all, request, message) =>
                all.Add(Written(message, request.TenantId, Wording.Of(request)) with { Request = request })
        );

    private readonly IDeliveryChannel[] _channels = [.. channels];

    public IReadOnlyList<string> Topics => Subscriptions.Topics;

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var now = clock.GetDatabaseNow();
        var notifications = new List<Notification>();
        foreach (var message in batch.DistinctBy(message => message.Id, StringComparer.Ordinal))
            Subscriptions.Handle(notifications, message);
        // One order for all replicas, so that their inserts do not lock each other.
        var all = notifications.OrderBy(one => one.Recipient.Value).ThenBy(one => one.Id.Value).ToList();
        var fresh = Write(all, now);
        var ends = fresh.Select(one => one.Transfer).OfType<TransactionFacts>().Distinct().ToList();
        NotificationMetrics.Stored(fresh.Count(one => one.Request?.InApp != false), ends, now);
    }

    private static TransactionFacts? OnlyTransfer(TransactionFacts facts) =>
        facts.Type == TransactionType.Transfer ? facts : null;

    private static void Add(
        List<Notification> all,
        ConsumedMessage message,
        TenantId tenant,
        IEnumerable<Draft> drafts,
        TransactionFacts? transfer
    ) => all.AddRange(drafts.Select(draft => Written(message, tenant, draft) with { Transfer = transfer }));

    /// <exception cref="FormatException">There is no text for it.</exception>
    private static Notification Written(ConsumedMessage message, TenantId tenant, Draft draft) =>
        new()
        {
            Id = IdOf(message, draft),
            Tenant = tenant,
            Recipient = draft.Recipient,
            Account = draft.Account,
            Transaction = draft.Transaction,
            Kind = NotificationKinds.Of(draft.Kind),
            // Nobody can choose a language yet. A choice of the recipient would be looked up here.
            Text = TextTemplates.Own.Render(draft.Template, draft.Values, Language.English),
            IsQuiet = draft.IsQuiet,
            TraceParent = message.TraceParent,
        };

    /// <summary>Version 7 by the time of the event, and for the rest a digest of message, recipient and kind.</summary>
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

    /// <summary>
    /// Announces only what was not stored yet. Otherwise each new broker, which gets a day's messages again, would add
    /// a day's announcements to the outbox.
    /// </summary>
    /// <returns>Those that no channel had stored before.</returns>
    private List<Notification> Write(List<Notification> all, DateTimeOffset now)
    {
        if (all.Count == 0)
            return [];
        using var work = units.BeginBatch();
        var stored = Store(work.Connection, all, now);
        var fresh = new HashSet<Guid>();
        foreach (var (channel, ids) in stored)
        {
            channel.Stored(work, [.. all.Where(one => ids.Contains(one.Id.Value))], now);
            fresh.UnionWith(ids);
        }

        // What is repeated may be on this machine only (docs/adr/0010). A transaction that writes nothing would not
        // wait for a standby.
        if (fresh.Count < all.Count)
            work.Write.BatchCommands.Add(Command("select pg_logical_emit_message(true, 'payflow', '')"));
        work.Commit();
        return [.. all.Where(one => fresh.Contains(one.Id.Value))];
    }

    private List<(IDeliveryChannel Channel, HashSet<Guid> Ids)> Store(
        NpgsqlConnection connection,
        List<Notification> all,
        DateTimeOffset now
    )
    {
        var stored = new List<(IDeliveryChannel Channel, HashSet<Guid> Ids)>();
        using var insert = new NpgsqlBatch(connection);
        foreach (var channel in _channels)
        {
            if (channel.Store(all, now) is not { } statement)
                continue;
            insert.BatchCommands.Add(statement);
            stored.Add((channel, []));
        }

        if (stored.Count == 0)
            return stored;
        using var reader = insert.ExecuteReader();
        foreach (var (_, ids) in stored)
        {
            while (reader.Read())
                ids.Add(reader.GetGuid(0));
            // Beyond the last one too, so that a failure is thrown here.
            reader.NextResult();
        }

        return stored;
    }
}
