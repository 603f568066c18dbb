namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>An audited event in its place in a chain. Rows are only ever inserted.</summary>
public sealed record AuditRow
{
    /// <summary>Version 7: sorted by id, rows are sorted by time.</summary>
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The chain that the row belongs to.</summary>
    public Guid Lane { get; init; }

    /// <summary>1..n without gap within the lane.</summary>
    public long Sequence { get; init; }

    public DateTimeOffset At { get; init; }

    public string Action { get; init; } = "";

    public string Actor { get; init; } = "";

    public Guid? UserId { get; init; }

    public Guid? PartyId { get; init; }

    public Guid? SessionId { get; init; }

    public string SubjectType { get; init; } = "";

    public string? SubjectId { get; init; }

    public string? ClientIp { get; init; }

    public string? UserAgent { get; init; }

    public string? TraceId { get; init; }

    /// <summary>JSON text, kept as it was written: its hash depends on every character.</summary>
    public string? Before { get; init; }

    public string? After { get; init; }

    /// <summary>The hash of the row before it in the lane; zeros for the first.</summary>
    public byte[] PreviousHash { get; init; } = [];

    /// <summary>SHA-256 over all of the above.</summary>
    public byte[] Hash { get; init; } = [];

    public byte[] ComputeHash()
    {
        var digest = new AuditDigest();
        digest.Add("payflow audit 1");
        digest.Add(Id);
        digest.Add(TenantId);
        digest.Add(Lane);
        digest.Add(Sequence);
        digest.Add(At);
        digest.Add(Action);
        digest.Add(Actor);
        digest.Add(UserId);
        digest.Add(PartyId);
        digest.Add(SessionId);
        digest.Add(SubjectType);
        digest.Add(SubjectId);
        digest.Add(ClientIp);
        digest.Add(UserAgent);
        digest.Add(TraceId);
        digest.Add(Before);
        digest.Add(After);
        digest.Add(PreviousHash);
        return digest.ToHash();
    }
}
