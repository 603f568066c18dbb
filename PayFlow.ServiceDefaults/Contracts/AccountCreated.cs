using System.Text.Json.Serialization.Metadata;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record AccountCreated(AccountSnapshot Account) : IEvent<AccountCreated>
{
    public const string TopicName = "account-created";

    static Topic IEvent<AccountCreated>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup, Topics.NotificationsGroup)
        {
            Writers = [Topics.Accounts],
            Listeners = [Topics.Accounts],
        };

    static JsonTypeInfo<AccountCreated> IEvent<AccountCreated>.Json => EventJson.Default.AccountCreated;

    string IEvent.EventId => $"account-created/{Account.AccountId}";

    string IEvent.PartitionKey => Account.AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => Account.CreatedAt;
}
