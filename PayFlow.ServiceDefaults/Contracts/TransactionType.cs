using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<TransactionType>))]
public enum TransactionType
{
    [JsonStringEnumMemberName("transfer")]
    Transfer,

    [JsonStringEnumMemberName("adjustment")]
    Adjustment,
}
