namespace PayFlow.Accounts.Identity;

/// <param name="ExpiresIn">Seconds that the access token is good for.</param>
public sealed record SessionTokens(string AccessToken, string RefreshToken, int ExpiresIn, Guid SessionId);
