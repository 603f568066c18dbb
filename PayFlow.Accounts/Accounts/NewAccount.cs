using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Accounts.Accounts;

/// <summary>An account to open, with its holder.</summary>
public sealed record NewAccount
{
    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string Currency { get; init; }

    public string? Handle { get; init; }

    public required AccountKind Kind { get; init; }

    /// <summary>Null for a new id.</summary>
    public Guid? Id { get; init; }

    /// <summary>
    /// Makes the login of a person who signs up. It is stored with the account, and the person must be new.
    /// </summary>
    public Func<PartyRow, NewLogin>? Login { get; init; }
}
