using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record AccountCreated(AccountSnapshot Account) : IEvent<AccountCreated>
{
    static string IEvent<AccountCreated>.Topic => Topics.AccountCreated;

    static JsonTypeInfo<AccountCreated> IEvent<AccountCreated>.Json => EventJson.Default.AccountCreated;

    string IEvent.EventId => $"account-created/{Account.AccountId}";

    string IEvent.PartitionKey => Account.AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => Account.CreatedAt;
}
