using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>The ledger posted a leg that was asked for as <see cref="PostingRequested"/>.</summary>
/// <param name="Entries">
/// What was written, <see cref="PostingLine.Held"/> left out; none for a leg that only changes a hold.
/// </param>
/// <param name="Currency">Of the entries without a currency of their own.</param>
public sealed record PostingCompleted(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    IReadOnlyList<PostingLine> Entries,
    string Currency,
    DateTimeOffset PostedAt
) : IEvent<PostingCompleted>
{
    public const string TopicName = "posting-completed";

    static Topic IEvent<PostingCompleted>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<PostingCompleted> IEvent<PostingCompleted>.Json => EventJson.Default.PostingCompleted;

    string IEvent.EventId => $"posting-completed/{TransactionId}/{Leg}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}
