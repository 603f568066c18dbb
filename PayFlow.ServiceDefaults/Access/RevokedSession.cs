using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Access;

/// <param name="TokensEndAt">When it can be forgotten, because its last access token has expired.</param>
public sealed record RevokedSession(SessionId SessionId, DateTimeOffset TokensEndAt);
