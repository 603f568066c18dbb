using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// An account's balance after a batch, at most one for each account and batch. A reader keeps the highest version and
/// never adds.
/// </summary>
public sealed record BalanceUpdated(
    TenantId TenantId,
    AccountId AccountId,
    long Version,
    long EntrySeq,
    string Balance,
    string Held,
    string Available,
    string Currency,
    DateTimeOffset AsOf
) : IEvent<BalanceUpdated>
{
    public const string TopicName = "balance-updated";

    static Topic IEvent<BalanceUpdated>.Topic { get; } =
        new(TopicName, 4) { Writers = [Topics.Accounts], Listeners = [Topics.Web] };

    static JsonTypeInfo<BalanceUpdated> IEvent<BalanceUpdated>.Json => EventJson.Default.BalanceUpdated;

    string IEvent.EventId => $"balance-updated/{AccountId}/{Version}";

    string IEvent.PartitionKey => AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => AsOf;
}
