using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Limits;

public enum LimitPeriod
{
    [JsonStringEnumMemberName("transaction")]
    Transaction,

    [JsonStringEnumMemberName("day")]
    Day,

    [JsonStringEnumMemberName("month")]
    Month,
}
