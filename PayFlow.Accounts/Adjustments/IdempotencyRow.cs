namespace PayFlow.Accounts.Adjustments;

public sealed class IdempotencyRow
{
    public Guid TenantId { get; init; }

    public string Scope { get; init; } = "";

    public string Operation { get; init; } = "";

    public string Key { get; init; } = "";

    public byte[] Fingerprint { get; init; } = [];

    public Guid TransactionId { get; init; }
}
