using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// Removes all payees of this party that were known until <paramref name="At"/>. The next payment to each needs a
/// confirmation.
/// </summary>
public sealed record PayeesForgotten(TenantId TenantId, PartyId PartyId, DateTimeOffset At) : IEvent<PayeesForgotten>
{
    static string IEvent<PayeesForgotten>.Topic => Topics.PayeesForgotten;

    static JsonTypeInfo<PayeesForgotten> IEvent<PayeesForgotten>.Json => EventJson.Default.PayeesForgotten;

    string IEvent.EventId => string.Create(CultureInfo.InvariantCulture, $"payees-forgotten/{PartyId}/{At.UtcTicks}");

    string IEvent.PartitionKey => PartyId.ToString();

    DateTimeOffset IEvent.OccurredAt => At;
}
