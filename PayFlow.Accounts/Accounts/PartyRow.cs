namespace PayFlow.Accounts.Accounts;

public sealed class PartyRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>Lower case: people do not mean two mailboxes by two spellings.</summary>
    public string Email { get; init; } = "";

    public string Name { get; set; } = "";

    public string? Handle { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
