using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>What a user is to PayFlow. Customers and merchants have accounts of their own; the others work here.</summary>
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
