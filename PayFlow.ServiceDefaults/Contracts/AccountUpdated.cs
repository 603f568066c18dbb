using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record AccountUpdated(AccountSnapshot Account) : IEvent<AccountUpdated>
{
    static string IEvent<AccountUpdated>.Topic => Topics.AccountUpdated;

    static JsonTypeInfo<AccountUpdated> IEvent<AccountUpdated>.Json => EventJson.Default.AccountUpdated;

    string IEvent.EventId => $"account-updated/{Account.AccountId}/{Account.Version}";

    string IEvent.PartitionKey => Account.AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => Account.UpdatedAt;
}
