using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<AccountKind>))]
public enum AccountKind
{
    [JsonStringEnumMemberName("customer")]
    Customer,

    [JsonStringEnumMemberName("merchant")]
    Merchant,

    [JsonStringEnumMemberName("system")]
    System,
}
