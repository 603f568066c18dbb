namespace PayFlow.Web.Wallet.Security;

/// <summary>Where somebody is signed in.</summary>
public sealed record Device(
    Guid Id,
    string UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    bool Current
);
