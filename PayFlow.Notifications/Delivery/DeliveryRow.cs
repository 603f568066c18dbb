namespace PayFlow.Notifications.Delivery;

/// <summary>
/// One notification for one channel. It is tried until the channel delivered it, refused it for good, the tries are
/// used up or it expired. Then it is sent or a dead letter.
/// </summary>
public sealed class DeliveryRow
{
    public string Channel { get; init; } = "";

    /// <summary>The notification's id, which is made of the message: a channel delivers a fact once.</summary>
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid RecipientId { get; init; }

    /// <summary>Where the channel delivers: an e-mail address, for example.</summary>
    public string Address { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Title { get; init; } = "";

    /// <summary>
    /// With <c>{code}</c> and <c>{wallet}</c> in the places of the code and of the wallet's address. The channel fills
    /// them in when it sends.
    /// </summary>
    public string Body { get; init; } = "";

    /// <summary>The request's id, to which the sealed code is bound.</summary>
    public string? RequestId { get; init; }

    /// <summary>Encrypted. It is removed once nothing more is tried.</summary>
    public string? SealedCode { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it is useless and is not sent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Tries { get; set; }

    /// <summary>Null once nothing more is tried.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Why it is a dead letter, as a word of <see cref="DeliveryOutcome"/>.</summary>
    public string? Failure { get; set; }
}
