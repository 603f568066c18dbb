using System.Text.Json.Serialization;

namespace PayFlow.Accounts.Staff;

/// <summary>What two admins decide about a person together.</summary>
public enum PersonRequestKind
{
    /// <summary>Roles with admin among them, for a person without that role.</summary>
    [JsonStringEnumMemberName("admin_role")]
    AdminRole,

    /// <summary>The second factor is taken away from a person without access to it.</summary>
    [JsonStringEnumMemberName("second_factor_removal")]
    SecondFactorRemoval,
}
