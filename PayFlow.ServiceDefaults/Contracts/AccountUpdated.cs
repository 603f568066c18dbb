using System.Text.Json.Serialization.Metadata;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record AccountUpdated(AccountSnapshot Account) : IEvent<AccountUpdated>
{
    public const string TopicName = "account-updated";

    static Topic IEvent<AccountUpdated>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup)
        {
            Writers = [Topics.Accounts],
            Listeners = [Topics.Accounts, Topics.Web],
        };

    static JsonTypeInfo<AccountUpdated> IEvent<AccountUpdated>.Json => EventJson.Default.AccountUpdated;

    string IEvent.EventId => $"account-updated/{Account.AccountId}/{Account.Version}";

    string IEvent.PartitionKey => Account.AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => Account.UpdatedAt;
}
