using Microsoft.Extensions.Configuration;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// The issuer and audience of access tokens, from configuration (<c>Access</c>); equal in every service.
/// </summary>
public sealed class AccessOptions
{
    public string Issuer { get; set; } = "https://payflow.example";

    public string Audience { get; set; } = "payflow";

    /// <summary>
    /// The lifetime of an access token. A revoked session is refused at once, even with valid tokens.
    /// </summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    public static AccessOptions From(IConfiguration configuration) =>
        configuration.GetSection("Access").Get<AccessOptions>() ?? new AccessOptions();
}
