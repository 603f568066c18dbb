namespace PayFlow.Accounts.Staff;

/// <summary>
/// A change of a person that an admin asked for and that another admin decides. Decided ones are kept: they say who
/// made whom an admin.
/// </summary>
public sealed class PersonRequestRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The login that is to be changed.</summary>
    public Guid UserId { get; init; }

    /// <summary>A word of <see cref="PersonRequestKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>All roles that the person shall have; null for other kinds.</summary>
    public string[]? Roles { get; init; }

    public string Reason { get; init; } = "";

    /// <summary><c>pending</c>, <c>approved</c> or <c>rejected</c>.</summary>
    public string Status { get; set; } = "pending";

    public Guid RequestedBy { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    public Guid? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }
}
