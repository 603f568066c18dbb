namespace PayFlow.Notifications.Delivery;

/// <summary>A delivery that a process has claimed for a while.</summary>
public sealed record DueDelivery
{
    public required Guid Id { get; init; }

    public required string Address { get; init; }

    public required string Kind { get; init; }

    public required string Title { get; init; }

    public required string Body { get; init; }

    public string? RequestId { get; init; }

    public string? SealedCode { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>This one included.</summary>
    public required int Tries { get; init; }
}
