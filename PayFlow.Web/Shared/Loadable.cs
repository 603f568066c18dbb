using PayFlow.Web.Api;

namespace PayFlow.Web.Shared;

/// <summary>
/// Something that is read from a service: not there yet, there, or there from before while the last read failed.
/// </summary>
public sealed class Loadable<T>
    where T : class
{
    private int _reads;

    public T? Value { get; private set; }

    public bool IsLoading { get; private set; }

    public bool HasFailed { get; private set; }

    /// <summary>The service says that there is no such thing.</summary>
    public bool IsMissing { get; private set; }

    public async Task LoadAsync(Func<Task<ApiAnswer<T>>> read)
    {
        var mine = ++_reads;
        IsLoading = true;
        var answer = await read();
        // An older read that comes back late must not cover a newer one.
        if (mine != _reads)
            return;
        IsLoading = false;
        HasFailed = !answer.IsOk;
        IsMissing = answer.IsNotFound;
        if (answer.IsOk)
            Value = answer.Value;
    }

    /// <summary>Changes what is shown, where there is something to change.</summary>
    public void Change(Func<T, T> change)
    {
        if (Value is { } value)
            Value = change(value);
    }

    /// <summary>Forgets everything, for another question.</summary>
    public void Clear()
    {
        _reads++;
        Value = null;
        IsLoading = false;
        HasFailed = false;
        IsMissing = false;
    }
}
