namespace PayFlow.Web.Wallet.Send;

/// <summary>What may be known of somebody to be paid.</summary>
/// <param name="IsClosed">They have closed their wallet: nothing can be paid into it.</param>
public sealed record Payee(
    Guid Id,
    string DisplayName,
    string? Handle,
    string MaskedNumber,
    string Currency,
    bool IsClosed = false
);
