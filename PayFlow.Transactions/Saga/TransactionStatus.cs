using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Saga;

public enum TransactionStatus
{
    [JsonStringEnumMemberName("pending")]
    Pending,

    [JsonStringEnumMemberName("completed")]
    Completed,

    [JsonStringEnumMemberName("failed")]
    Failed,
}
