using Microsoft.Extensions.Configuration;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>Whose tokens count here, from configuration (<c>Access</c>); the same for who issues them and all who check them.</summary>
public sealed class AccessOptions
{
    public string Issuer { get; set; } = "https://payflow.example";

    public string Audience { get; set; } = "payflow";

    /// <summary>How long an access token is good for. A revoked session is refused at once, whatever its tokens say.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    public static AccessOptions From(IConfiguration configuration) =>
        configuration.GetSection("Access").Get<AccessOptions>() ?? new AccessOptions();
}
