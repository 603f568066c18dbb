using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>A user's role. Customers and merchants have accounts; the other roles are staff.</summary>
public enum Role
{
    [JsonStringEnumMemberName("customer")]
    Customer,

    [JsonStringEnumMemberName("merchant")]
    Merchant,

    /// <summary>Reads people, accounts and transactions.</summary>
    [JsonStringEnumMemberName("support")]
    Support,

    /// <summary>Reads everything, the audit log included.</summary>
    [JsonStringEnumMemberName("auditor")]
    Auditor,

    /// <summary>Reads everything, and adjusts, freezes, approves and replays.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,
}
