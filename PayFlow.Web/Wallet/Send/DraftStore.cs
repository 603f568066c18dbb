using Microsoft.JSInterop;
using PayFlow.Web.Shared;

namespace PayFlow.Web.Wallet.Send;

/// <summary>
/// The payments that a browser keeps until they are made: what was typed for each payee, and one whose answer is not
/// known (wwwroot/wallet.js).
/// </summary>
public sealed class DraftStore(IJSRuntime js, Browser browser)
{
    /// <summary>
    /// Keeps it where the browser keeps anything, in the place of what was typed for this payee: a reload cannot fill
    /// in a form that was sent.
    /// </summary>
    /// <returns>
    /// False where it has not answered: what loses this call may lose the page next, and the payment's key with it.
    /// </returns>
    public Task<bool> KeepAsync(Guid account, KeptDraft draft) =>
        browser.TryAsync(cancellationToken =>
            js.InvokeVoidAsync(
                    "payflow.keep",
                    cancellationToken,
                    Name(account),
                    draft,
                    TypedName(account, draft.Payee.Id)
                )
                .AsTask()
        );

    public ValueTask<KeptDraft?> KeptAsync(Guid account) => js.InvokeAsync<KeptDraft?>("payflow.kept", Name(account));

    /// <summary>
    /// One that stays is taken for unanswered by the next visit, and trying it again pays nothing twice.
    /// </summary>
    public Task<bool> DropAsync(Guid account) =>
        browser.TryAsync(cancellationToken =>
            js.InvokeVoidAsync("payflow.keep", cancellationToken, Name(account), null, null).AsTask()
        );

    /// <summary>Keeps what was typed for a payee, as the browser does by itself with each change of the form.</summary>
    public Task<bool> KeepTypedAsync(Guid account, TypedDraft draft) =>
        browser.TryAsync(cancellationToken =>
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
    public async Task<IReadOnlyList<TypedDraft>> TypedAsync(Guid account)
    {
        IReadOnlyList<TypedDraft>? drafts = null;
        await browser.TryAsync(async cancellationToken =>
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

    private static string Name(Guid account) => $"payflow.draft.{account}";
}
