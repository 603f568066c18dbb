using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet;

/// <summary>The few things that only the browser can do (wwwroot/wallet.js).</summary>
public sealed class Browser(IJSRuntime js, TimeProvider clock)
{
    // A call that falls into a blink of the connection never comes back, and would be waited for for a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public sealed record Surroundings(string? TimeZone);

    /// <summary>A payment whose answer is not known, kept with the tab so that a reload does not forget its key.</summary>
    public sealed record KeptDraft(string Key, PaymentRequest Sent, Payee Payee);

    /// <returns>Null where the browser does not say in time.</returns>
    public async ValueTask<Surroundings?> SurroundingsAsync()
    {
        Surroundings? surroundings = null;
        await TryAsync(async cancellationToken => surroundings = await js.InvokeAsync<Surroundings?>("payflow.surroundings", cancellationToken));
        return surroundings;
    }

    public ValueTask RememberAsync(string cookie, string value) => js.InvokeVoidAsync("payflow.remember", cookie, value);

    /// <param name="choice"><c>light</c>, <c>dark</c> or <c>system</c>.</param>
    public ValueTask ThemeAsync(string choice) => js.InvokeVoidAsync("payflow.theme", choice);

    /// <summary>Puts the focus on the page's heading, unless a field has it.</summary>
    public Task<bool> FocusHeadingAsync() => TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.focusHeading", cancellationToken).AsTask());

    /// <returns>What was put away in this browser; nothing where it does not say.</returns>
    public async Task<IReadOnlyList<string>> DismissedAsync(Guid account)
    {
        IReadOnlyList<string>? dismissed = null;
        await TryAsync(async cancellationToken => dismissed = await js.InvokeAsync<string[]?>("payflow.dismissed", cancellationToken, DismissedName(account)));
        return dismissed ?? [];
    }

    public Task<bool> DismissAsync(Guid account, string what) => TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.dismiss", cancellationToken, DismissedName(account), what).AsTask());

    /// <returns>False where the browser does not allow it.</returns>
    public ValueTask<bool> CopyAsync(string text) => js.InvokeAsync<bool>("payflow.copy", text);

    /// <summary>Nothing where the field is gone again.</summary>
    /// <param name="field">One that has been rendered: its reference has an id.</param>
    public ValueTask FocusAsync(ElementReference field) => js.InvokeVoidAsync("payflow.focus", field);

    /// <summary>Opens a dialog as a modal one: focus goes in and, when it closes, back.</summary>
    public Task<bool> OpenAsync(ElementReference dialog) => TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.open", cancellationToken, dialog).AsTask());

    /// <returns>False where the browser has not answered; it may still show the dialog.</returns>
    public Task<bool> CloseAsync(ElementReference dialog) => TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.close", cancellationToken, dialog).AsTask());

    /// <summary>Lets a number run to its new value; none of it where less motion is preferred.</summary>
    public ValueTask CountAsync(ElementReference element, string from, string to) => js.InvokeVoidAsync("payflow.count", element, from, to);

    /// <summary>Loads the sign-in page, unless whoever sits there is signing out just now and is on the way to it.</summary>
    public ValueTask SignInAgainAsync(string url) => js.InvokeVoidAsync("payflow.signInAgain", url);

    /// <summary>Keeps it where the browser keeps anything.</summary>
    /// <returns>False where it has not answered: what loses this call may lose the page next, and the payment's key with it.</returns>
    public Task<bool> KeepDraftAsync(Guid account, KeptDraft draft) => TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.keep", cancellationToken, Name(account), draft).AsTask());

    public ValueTask<KeptDraft?> KeptDraftAsync(Guid account) => js.InvokeAsync<KeptDraft?>("payflow.kept", Name(account));

    /// <summary>One that stays is taken for unanswered by the next visit, and trying it again pays nothing twice.</summary>
    public Task<bool> DropDraftAsync(Guid account) => TryAsync(cancellationToken => js.InvokeVoidAsync("payflow.keep", cancellationToken, Name(account), null).AsTask());

    /// <returns>False where it was not answered. A call that is given up may still arrive.</returns>
    private async Task<bool> TryAsync(Func<CancellationToken, Task> call)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            await call(patience.Token);
            return true;
        }
        catch (Exception lost) when (lost is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // What waits for it goes on: a payment must not stay on its way, nor a wallet closed, for want of the browser's word.
            return false;
        }
    }

    private static string DismissedName(Guid account) => $"payflow.dismissed.{account}";

    private static string Name(Guid account) => $"payflow.draft.{account}";
}
