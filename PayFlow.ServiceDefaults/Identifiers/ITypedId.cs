namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>
/// A UUID that names one kind of thing, so that an account's id cannot be passed for a transaction's.
/// </summary>
public interface ITypedId<TSelf>
    where TSelf : struct, ITypedId<TSelf>
{
    Guid Value { get; }

    static abstract TSelf From(Guid value);

    /// <summary>A new version 7 id: ids made later sort later, to the millisecond.</summary>
    static TSelf New(TimeProvider clock) => TSelf.From(TypedId.NewGuid(clock));
}
