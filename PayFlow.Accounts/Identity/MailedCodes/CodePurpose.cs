using System.Text.Json.Serialization;

namespace PayFlow.Accounts.Identity;

/// <summary>What a code that was sent by e-mail is for; it does nothing else.</summary>
public enum CodePurpose
{
    [JsonStringEnumMemberName("reset_password")]
    ResetPassword,

    [JsonStringEnumMemberName("verify_email")]
    VerifyEmail,
}
