namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// A request whose example stands beside its fields. The API's document shows it, and tests send it.
/// </summary>
public interface IHasExample<TSelf>
    where TSelf : IHasExample<TSelf>
{
    /// <summary>Valid by itself: only the state of the service can refuse it. It names the sample data.</summary>
    static abstract TSelf Example { get; }
}
