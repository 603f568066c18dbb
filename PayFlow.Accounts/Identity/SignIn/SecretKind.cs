using System.Text.Json.Serialization;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// What a person proves who they are with. Each has counters of its own for wrong tries (<see cref="WrongTries"/>).
/// </summary>
public enum SecretKind
{
    [JsonStringEnumMemberName("password")]
    Password,

    /// <summary>The payment PIN.</summary>
    [JsonStringEnumMemberName("pin")]
    Pin,

    /// <summary>A code of the second factor, or a recovery code.</summary>
    [JsonStringEnumMemberName("code")]
    Code,
}
