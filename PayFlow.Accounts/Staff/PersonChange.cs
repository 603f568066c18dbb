using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;

namespace PayFlow.Accounts.Staff;

/// <summary>What is changed of a person.</summary>
/// <param name="Action">The audit log's word for it.</param>
/// <param name="Show">What the audit log keeps, before and after.</param>
/// <param name="EndsSessions">Whether the person has to sign in again.</param>
public sealed record PersonChange(
    string Action,
    string Reason,
    Func<User, object> Show,
    Action<User> Apply,
    bool EndsSessions
)
{
    /// <summary>What else belongs to the change, in its transaction: it may add notifications.</summary>
    public Func<UnitOfWork, Task>? AlsoAsync { get; init; }

    /// <summary>What else the audit log has to say of it.</summary>
    public IReadOnlyList<AuditEvent> AlsoAudited { get; init; } = [];
}
