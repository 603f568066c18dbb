using System.Text.Json.Serialization;

namespace PayFlow.Notifications.Delivery;

/// <summary>How one try ended.</summary>
public enum DeliveryOutcome
{
    [JsonStringEnumMemberName("sent")]
    Sent,

    /// <summary>It failed and is tried again later.</summary>
    [JsonStringEnumMemberName("retried")]
    Retried,

    /// <summary>The other side will never take it.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>No message can be made of it.</summary>
    [JsonStringEnumMemberName("unusable")]
    Unusable,

    /// <summary>The last try failed.</summary>
    [JsonStringEnumMemberName("gave_up")]
    GaveUp,

    /// <summary>Its time was over before it could be sent.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}
