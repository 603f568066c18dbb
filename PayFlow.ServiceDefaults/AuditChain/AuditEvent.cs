namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>An action that auditors can examine later.</summary>
/// <param name="Action">A stable word, see <see cref="AuditActions"/>.</param>
/// <param name="SubjectType">What kind of thing it happened to, such as <c>account</c> or <c>user</c>.</param>
/// <param name="SubjectId">Its id; null where it happened to no one thing.</param>
public sealed record AuditEvent(string Action, AuditActor Actor, string SubjectType, string? SubjectId = null)
{
    /// <summary>
    /// What mattered before, as a small object for JSON. Ids, words and amounts; never a secret, a name or an address.
    /// </summary>
    public object? Before { get; init; }

    /// <summary>What holds since, under the same rules.</summary>
    public object? After { get; init; }
}
