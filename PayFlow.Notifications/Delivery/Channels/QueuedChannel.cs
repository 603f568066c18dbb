using Npgsql;
using PayFlow.Notifications.Delivery.Preferences;
using PayFlow.ServiceDefaults.Commits;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Notifications.Delivery.Channels;

/// <summary>
/// A channel that sends after the commit. The commit queues a row in <c>deliveries</c>.
/// <see cref="DeliverySender"/> sends it, tries again and keeps the record. A channel says where it delivers and how it
/// sends one message.
/// </summary>
public abstract class QueuedChannel : IDeliveryChannel
{
    public abstract string Name { get; }

    /// <summary>Whether this installation has the channel. Otherwise nothing is queued.</summary>
    public abstract bool IsConfigured { get; }

    /// <summary>After so many tries a delivery is a dead letter.</summary>
    public abstract int MaxTries { get; }

    /// <summary>Messages of one kind and title to one person within this time become one.</summary>
    public abstract TimeSpan GatherTime { get; }

    public abstract bool Carries(NotificationKind kind);

    public abstract IDeliverySession Open();

    /// <summary>The text of a message that also covers others of its kind.</summary>
    /// <param name="times">How often it happened, this time included.</param>
    public abstract string Gathered(string body, int times);

    /// <summary>Where it goes; null where this channel does not deliver it.</summary>
    protected abstract string? AddressOf(Notification notification);

    public NpgsqlBatchCommand? Store(IReadOnlyList<Notification> notifications, DateTimeOffset now)
    {
        if (!IsConfigured)
            return null;
        var rows = notifications
            .Select(one => (One: one, Address: AddressOf(one)))
            .Where(row => row.Address is not null)
            .ToList();
        return rows.Count == 0
            ? null
            : Command(
                $"""
                insert into deliveries (
                  channel, id, tenant_id, recipient_id, address, kind, title, body, request_id, sealed_code, expires_at,
                  created_at, tries, next_try_at)
                select $12, v.id, v.tenant, v.recipient, v.address, v.kind, v.title, v.body, v.request, v.code,
                  v.expires, $13, 0, $13
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                  v(id, tenant, recipient, address, kind, title, body, request, code, expires, choice)
                {DeliveryPreferences.Join}
                on conflict do nothing
                returning id
                """,
                Column(rows, row => row.One.Id.Value),
                OfTenants(rows, row => row.One.Tenant),
                Column(rows, row => row.One.Recipient.Value),
                Column(rows, row => row.Address!),
                Column(rows, row => row.One.Kind.Word),
                Column(rows, row => row.One.Text.Title),
                Column(rows, row => row.One.Text.Body),
                Column(rows, row => row.One.Request?.RequestId),
                Column(rows, row => row.One.Request?.SealedCode),
                Column(rows, row => row.One.Request?.ExpiresAt?.ToUniversalTime()),
                Column(rows, row => row.One.Choice),
                Value(Name),
                Value(now)
            );
    }

    public void Stored(UnitOfWork work, IReadOnlyList<Notification> fresh, DateTimeOffset now)
    {
        // The queue is what follows, and it is stored.
    }
}
