using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<AccountStatus>))]
public enum AccountStatus
{
    [JsonStringEnumMemberName("active")] Active,
    [JsonStringEnumMemberName("frozen")] Frozen,
    [JsonStringEnumMemberName("closed")] Closed,
}

[JsonConverter(typeof(JsonStringEnumConverter<AccountKind>))]
public enum AccountKind
{
    [JsonStringEnumMemberName("customer")] Customer,
    [JsonStringEnumMemberName("merchant")] Merchant,
    [JsonStringEnumMemberName("system")] System,
}

/// <summary>
/// What others may know of an account apart from its money. <paramref name="Version"/> grows with every change: a
/// reader keeps the highest and ignores the rest. The holder's e-mail address is not in it: nobody needs it but who
/// mails something, and then it stands in the request to mail. Messages of earlier versions have it, and it is not
/// read.
/// </summary>
/// <param name="TimeZone">
/// An IANA name: where the holder's day begins. Events of the time before it was told are of this one.
/// </param>
public sealed record AccountSnapshot(
    TenantId TenantId,
    AccountId AccountId,
    string AccountNumber,
    PartyId OwnerId,
    string HolderName,
    string? Handle,
    AccountKind Kind,
    string Currency,
    AccountStatus Status,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string TimeZone = "Asia/Kolkata");

public sealed record AccountCreated(AccountSnapshot Account) : IEvent<AccountCreated>
{
    static string IEvent<AccountCreated>.Topic => Topics.AccountCreated;

    static JsonTypeInfo<AccountCreated> IEvent<AccountCreated>.Json => EventJson.Default.AccountCreated;

    string IEvent.EventId => $"account-created/{Account.AccountId}";

    string IEvent.PartitionKey => Account.AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => Account.CreatedAt;
}

public sealed record AccountUpdated(AccountSnapshot Account) : IEvent<AccountUpdated>
{
    static string IEvent<AccountUpdated>.Topic => Topics.AccountUpdated;

    static JsonTypeInfo<AccountUpdated> IEvent<AccountUpdated>.Json => EventJson.Default.AccountUpdated;

    string IEvent.EventId => $"account-updated/{Account.AccountId}/{Account.Version}";

    string IEvent.PartitionKey => Account.AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => Account.UpdatedAt;
}

/// <summary>
/// An account's money after a batch: at most one per account and batch. A reader keeps the highest version, never adds.
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
    DateTimeOffset AsOf) : IEvent<BalanceUpdated>
{
    static string IEvent<BalanceUpdated>.Topic => Topics.BalanceUpdated;

    static JsonTypeInfo<BalanceUpdated> IEvent<BalanceUpdated>.Json => EventJson.Default.BalanceUpdated;

    string IEvent.EventId => $"balance-updated/{AccountId}/{Version}";

    string IEvent.PartitionKey => AccountId.ToString();

    DateTimeOffset IEvent.OccurredAt => AsOf;
}
