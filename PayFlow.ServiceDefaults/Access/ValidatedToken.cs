using System.Security.Claims;

namespace PayFlow.ServiceDefaults.Access;

/// <param name="ExpiresAt">When the token does.</param>
internal sealed record ValidatedToken(ClaimsPrincipal User, Caller Caller, DateTimeOffset ExpiresAt);
