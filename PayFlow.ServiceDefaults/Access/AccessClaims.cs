namespace PayFlow.ServiceDefaults.Access;

/// <summary>What an access token says beyond <c>iss</c>, <c>aud</c>, <c>iat</c> and <c>exp</c> (RFC 9068).</summary>
public static class AccessClaims
{
    /// <summary>The header's <c>typ</c>, so that no other token of ours passes for an access token.</summary>
    public const string Type = "at+jwt";

    public const string User = "sub";
    public const string Party = "party";
    public const string Session = "sid";
    public const string Roles = "roles";
    public const string Tier = "tier";
    public const string Tenant = "tenant";
}
