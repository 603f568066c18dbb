using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Commits;

/// <summary>
/// One database transaction, with the audit rows and the events of its change. The commit writes all of it together;
/// then the relay gets the events and the audit lane is free. Disposal without a commit rolls back.
/// </summary>
public abstract class UnitOfWork : IAsyncDisposable
{
    private readonly Outbox _outbox;
    private bool _isEnded;
    private OutboxBatch? _events;

    private protected UnitOfWork(Outbox outbox, AuditLanes lanes, TimeProvider clock) =>
        (_outbox, Trail) = (outbox, new AuditTrail(lanes, clock));

    private protected AuditTrail Trail { get; }

    private protected bool HasEvents => _events is { IsEmpty: false };

    /// <summary>Adds a row to the audit log.</summary>
    public void Audit(AuditEvent what) => Trail.Add(what);

    /// <summary>Adds an event to the outbox.</summary>
    /// <param name="traceParent">The cause's trace context; unless given, the current activity's.</param>
    public void Publish<T>(T fact, string? traceParent = null)
        where T : IEvent<T> => (_events ??= _outbox.NewBatch()).Add(fact, traceParent);

    /// <summary>Drops the events so far that belong to other topics.</summary>
    public void PublishOnly(string topic) => _events?.KeepOnly(topic);

    public abstract ValueTask DisposeAsync();

    private protected OutboxRow OutboxRow() => _outbox.ToRow(_events!);

    /// <exception cref="InvalidOperationException">A commit was tried before: its outcome may be unknown.</exception>
    private protected void BeginCommit()
    {
        if (_isEnded)
            throw new InvalidOperationException("A unit of work is committed once.");
        _isEnded = true;
    }

    /// <summary>
    /// Only after a certain commit: an audit lane of an uncertain one must not go on, and its events may not exist.
    /// </summary>
    private protected void Committed()
    {
        Trail.Committed();
        if (HasEvents)
            _outbox.Committed(_events!);
    }
}
