namespace PayFlow.Notifications.Email;

/// <summary>
/// An e-mail that the version before queued. <see cref="EarlierEmails"/> moves it; the next version drops the table.
/// </summary>
public sealed class EmailRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid RecipientId { get; init; }

    public string Address { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Title { get; init; } = "";

    /// <summary>
    /// With <c>{code}</c> and <c>{wallet}</c> where the code and the wallet's address go when it is sent.
    /// </summary>
    public string Body { get; init; } = "";

    /// <summary>The request's id, which the sealed code is bound to and by which a request is sent once.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Encrypted; taken away once it is sent or given up.</summary>
    public string? SealedCode { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What comes later is worth nothing and is not sent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Tries { get; set; }

    /// <summary>Null once there is nothing more to try.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Why it was given up, as a word; nothing that the server said, which may hold the address.</summary>
    public string? Failure { get; set; }
}
