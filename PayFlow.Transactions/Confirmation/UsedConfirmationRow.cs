namespace PayFlow.Transactions.Confirmation;

/// <summary>A confirmation that has let its payment in, and lets in no other.</summary>
public sealed class UsedConfirmationRow
{
    public Guid TenantId { get; init; }

    /// <summary>The token's <c>jti</c>.</summary>
    public Guid Id { get; init; }

    public Guid TransactionId { get; init; }

    public DateTimeOffset UsedAt { get; init; }
}
