namespace PayFlow.EndToEnd.Tests;

/// <summary>Starts the product, and keeps other tests off it.</summary>
public sealed class Alone<TProduct>(TProduct payflow) : IAsyncLifetime
    where TProduct : RunningPayFlow
{
    public ValueTask InitializeAsync() => payflow.EnterAloneAsync();

    public ValueTask DisposeAsync()
    {
        payflow.LeaveAlone();
        return ValueTask.CompletedTask;
    }
}
