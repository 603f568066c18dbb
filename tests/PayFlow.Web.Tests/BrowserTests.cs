using Microsoft.Extensions.Time.Testing;
using Microsoft.JSInterop;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

/// <summary>What waits for the browser goes on without it.</summary>
public sealed class BrowserTests : IJSRuntime
{
    private readonly FakeTimeProvider _clock = new();
    private Exception? _failure;

    [Fact]
    public async Task A_call_that_is_lost_is_given_up_after_two_seconds()
    {
        var dropping = new DraftStore(this, new Browser(this, _clock)).DropAsync(People.AshaId);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(dropping.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await dropping.WaitAsync(TestContext.Current.CancellationToken);
    }

    public static TheoryData<Exception> Losses =>
        [
            new JSException("The storage is full."),
            new JSDisconnectedException("The circuit is gone."),
            new TaskCanceledException(),
        ];

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public async Task A_wallet_opens_without_word_from_the_browser(Exception lost)
    {
        _failure = lost;
        Assert.Null(await new Browser(this, _clock).SurroundingsAsync());
    }

    public ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) =>
        throw new NotSupportedException("A call that nothing would end.");

    public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args)
    {
        if (_failure is not null)
            return ValueTask.FromException<T>(_failure);
        var never = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
        return new ValueTask<T>(never.Task);
    }
}
