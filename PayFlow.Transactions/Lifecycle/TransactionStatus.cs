using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Lifecycle;

public enum TransactionStatus
{
    [JsonStringEnumMemberName("pending")]
    Pending,

    [JsonStringEnumMemberName("completed")]
    Completed,

    [JsonStringEnumMemberName("failed")]
    Failed,
}
