using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// Removes all payees of this party that were known until <paramref name="At"/>. The next payment to each needs a
/// confirmation.
/// </summary>
public sealed record PayeesForgotten(TenantId TenantId, PartyId PartyId, DateTimeOffset At) : IEvent<PayeesForgotten>
{
    public const string TopicName = "payees-forgotten";

    static Topic IEvent<PayeesForgotten>.Topic { get; } =
        new(TopicName, 1, Topics.TransactionsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<PayeesForgotten> IEvent<PayeesForgotten>.Json => EventJson.Default.PayeesForgotten;

    string IEvent.EventId => string.Create(CultureInfo.InvariantCulture, $"payees-forgotten/{PartyId}/{At.UtcTicks}");

    string IEvent.PartitionKey => PartyId.ToString();

    DateTimeOffset IEvent.OccurredAt => At;
}
