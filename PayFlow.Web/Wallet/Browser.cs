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

    /// <summary>
    /// A payment whose answer is not known, kept with the tab so that a reload does not forget its key.
    /// </summary>
    public sealed record KeptDraft(string Key, PaymentRequest Sent, Payee Payee);

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

    /// <summary>
    /// Keeps it where the browser keeps anything, in the place of what was typed for this payee: a reload cannot fill
    /// in a form that was sent.
    /// </summary>
    /// <returns>
    /// False where it has not answered: what loses this call may lose the page next, and the payment's key with it.
    /// </returns>
    public Task<bool> KeepDraftAsync(Guid account, KeptDraft draft) =>
        TryAsync(cancellationToken =>
            js.InvokeVoidAsync(
                    "payflow.keep",
                    cancellationToken,
                    Name(account),
                    draft,
                    TypedName(account, draft.Payee.Id)
                )
                .AsTask()
        );

    public ValueTask<KeptDraft?> KeptDraftAsync(Guid account) =>
        js.InvokeAsync<KeptDraft?>("payflow.kept", Name(account));

    /// <summary>
    /// One that stays is taken for unanswered by the next visit, and trying it again pays nothing twice.
    /// </summary>
    public Task<bool> DropDraftAsync(Guid account) =>
        TryAsync(cancellationToken =>
            js.InvokeVoidAsync("payflow.keep", cancellationToken, Name(account), null, null).AsTask()
        );

    /// <summary>Keeps what was typed for a payee, as the browser does by itself with each change of the form.</summary>
    public Task<bool> KeepTypedAsync(Guid account, TypedDraft draft) =>
        TryAsync(cancellationToken =>
            js.InvokeVoidAsync(
                    "payflow.keepTyped",
                    cancellationToken,
                    TypedName(account, draft.About.Id),
                    draft.About,
                    draft.Values
                )
                .AsTask()
        );

    /// <summary>What was typed and not sent, the last first.</summary>
    public async Task<IReadOnlyList<TypedDraft>> TypedDraftsAsync(Guid account)
    {
        IReadOnlyList<TypedDraft>? drafts = null;
        await TryAsync(async cancellationToken =>
            drafts = await js.InvokeAsync<List<TypedDraft>?>(
                "payflow.typedDrafts",
                cancellationToken,
                TypedName(account, null)
            )
        );
        return drafts ?? [];
    }

    /// <summary>Under which the browser keeps what was typed for a payee.</summary>
    public static string TypedName(Guid account, Guid? payee) => $"payflow.typed.{account}.{payee}";

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
            // What waits for it goes on: a payment must not stay on its way, nor a wallet closed, for want of the
            // browser's word.
            return false;
        }
    }

    private static string DismissedName(Guid account) => $"payflow.dismissed.{account}";

    private static string Name(Guid account) => $"payflow.draft.{account}";
}
