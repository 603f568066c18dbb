using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>How well a customer is known, which bounds what may be moved (know your customer).</summary>
public enum KycTier
{
    [JsonStringEnumMemberName("minimum")]
    Minimum,

    [JsonStringEnumMemberName("full")]
    Full,
}
