using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace PayFlow.Web.Shared;

/// <summary>The few things that only the browser can do (wwwroot/wallet.js).</summary>
public sealed class Browser(IJSRuntime js, TimeProvider clock)
{
    // A call that falls into a blink of the connection never comes back, and would be waited for for a minute.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public sealed record Surroundings(string? TimeZone);

    /// <returns>Null where the browser does not say in time.</returns>
    public async ValueTask<Surroundings?> SurroundingsAsync()
    {
        Surroundings? surroundings = null;
        await TryAsync(async cancellationToken =>
            surroundings = await js.InvokeAsync<Surroundings?>("payflow.surroundings", cancellationToken)
        );
        return surroundings;
    }

    public ValueTask RememberAsync(string cookie, string value) =>
        js.InvokeVoidAsync("payflow.remember", cookie, value);

    /// <param name="choice"><c>light</c>, <c>dark</c> or <c>system</c>.</param>
    public ValueTask ThemeAsync(string choice) => js.InvokeVoidAsync("payflow.theme", choice);

    /// <summary>Puts the focus on the page's heading, unless a field has it.</summary>
    public Task<bool> FocusHeadingAsync() =>
        TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.focusHeading", cancellationToken).AsTask());

    /// <returns>What was put away in this browser; nothing where it does not say.</returns>
    public async Task<IReadOnlyList<string>> DismissedAsync(Guid account)
    {
        IReadOnlyList<string>? dismissed = null;
        await TryAsync(async cancellationToken =>
            dismissed = await js.InvokeAsync<string[]?>("payflow.dismissed", cancellationToken, DismissedName(account))
        );
        return dismissed ?? [];
    }

    public Task<bool> DismissAsync(Guid account, string what) =>
        TryAsync(cancellationToken =>
            js.InvokeVoidAsync("payflow.dismiss", cancellationToken, DismissedName(account), what).AsTask()
        );

    /// <returns>False where the browser does not allow it.</returns>
    public ValueTask<bool> CopyAsync(string text) => js.InvokeAsync<bool>("payflow.copy", text);

    /// <summary>Nothing where the field is gone again.</summary>
    /// <param name="field">One that has been rendered: its reference has an id.</param>
    public ValueTask FocusAsync(ElementReference field) => js.InvokeVoidAsync("payflow.focus", field);

    /// <summary>
    /// Opens a dialog as a modal one: the focus goes in and, when it closes, back. It is an entry of the history, so
    /// that Back closes it.
    /// </summary>
    /// <param name="shown">
    /// What the dialog says that the form's fields hold; null where it says nothing of them.
    /// </param>
    /// <returns>
    /// What the fields hold, where it is something else: then the dialog stays closed. Null otherwise.
    /// </returns>
    public async Task<IReadOnlyDictionary<string, string>?> OpenAsync(
        ElementReference dialog,
        string form,
        IReadOnlyDictionary<string, string>? shown
    )
    {
        IReadOnlyDictionary<string, string>? differs = null;
        await TryAsync(async cancellationToken =>
            differs = await js.InvokeAsync<Dictionary<string, string>?>(
                "payflow.open",
                cancellationToken,
                dialog,
                form,
                shown
            )
        );
        return differs;
    }

    /// <returns>False where the browser has not answered; it may still show the dialog.</returns>
    public Task<bool> CloseAsync(ElementReference dialog) =>
        TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.close", cancellationToken, dialog).AsTask());

    /// <summary>
    /// Puts another address in the place of the open dialog's: reloading shows what was paid, and no form to pay it
    /// again.
    /// </summary>
    public Task<bool> SettleAsync(string url) =>
        TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.settle", cancellationToken, url).AsTask());

    /// <summary>Lets a number run to its new value; none of it where less motion is preferred.</summary>
    public ValueTask CountAsync(ElementReference element, string from, string to) =>
        js.InvokeVoidAsync("payflow.count", element, from, to);

    /// <summary>Loads a page without a circuit, unless somebody signs out just now and is on the way to one.</summary>
    public ValueTask LeaveForAsync(string url) => js.InvokeVoidAsync("payflow.leaveFor", url);

    /// <returns>False where it was not answered. A call that is given up may still arrive.</returns>
    public async Task<bool> TryAsync(Func<CancellationToken, Task> call)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        try
        {
            await call(timeout.Token);
            return true;
        }
        catch (Exception lost) when (lost is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // What waits for it goes on: a payment must not stay on its way, nor a wallet closed, for want of the
            // browser's word.
            return false;
        }
    }

    private static string DismissedName(Guid account) => $"payflow.dismissed.{account}";
}
