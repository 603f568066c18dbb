namespace PayFlow.Accounts.Accounts;

/// <summary>The login of a person who signs up.</summary>
/// <param name="Row">The entity to store.</param>
public sealed record NewLogin(object Row, Guid Id, IReadOnlyList<string> Roles, string Tier);
