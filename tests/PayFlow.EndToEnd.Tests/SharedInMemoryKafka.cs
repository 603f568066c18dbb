namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Starts the product on the in-memory broker for tests whose people, accounts and messages are their own: such classes
/// run side by side.
/// </summary>
public sealed class SharedInMemoryKafka(OnInMemoryKafka payflow) : IAsyncLifetime
{
    public ValueTask InitializeAsync() => payflow.EnterAsync();

    public ValueTask DisposeAsync()
    {
        payflow.Leave();
        return ValueTask.CompletedTask;
    }
}
