using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<AccountStatus>))]
public enum AccountStatus
{
    [JsonStringEnumMemberName("active")]
    Active,

    [JsonStringEnumMemberName("frozen")]
    Frozen,

    [JsonStringEnumMemberName("closed")]
    Closed,
}
