using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet;

/// <summary>The few things that only the browser can do (wwwroot/wallet.js).</summary>
public sealed class Browser(IJSRuntime js)
{
    public sealed record Surroundings(string? TimeZone, bool IsDark);

    /// <summary>A payment whose answer is not known, kept with the tab so that a reload does not forget its key.</summary>
    public sealed record KeptDraft(string Key, PaymentRequest Sent, Payee Payee);

    public ValueTask<Surroundings?> SurroundingsAsync() => js.InvokeAsync<Surroundings?>("payflow.surroundings");

    public ValueTask RememberAsync(string cookie, string value) => js.InvokeVoidAsync("payflow.remember", cookie, value);

    public ValueTask ThemeAsync(bool dark) => js.InvokeVoidAsync("payflow.theme", dark);

    /// <returns>False where the browser does not allow it.</returns>
    public ValueTask<bool> CopyAsync(string text) => js.InvokeAsync<bool>("payflow.copy", text);

    /// <summary>Nothing where the field is gone again.</summary>
    /// <param name="field">One that has been rendered: its reference has an id.</param>
    public ValueTask FocusAsync(ElementReference field) => js.InvokeVoidAsync("payflow.focus", field);

    /// <summary>Opens a dialog as a modal one: focus goes in and, when it closes, back.</summary>
    public ValueTask OpenAsync(ElementReference dialog) => js.InvokeVoidAsync("payflow.open", dialog);

    public ValueTask CloseAsync(ElementReference dialog) => js.InvokeVoidAsync("payflow.close", dialog);

    /// <summary>Lets a number run to its new value; none of it where less motion is preferred.</summary>
    public ValueTask CountAsync(ElementReference element, string from, string to) => js.InvokeVoidAsync("payflow.count", element, from, to);

    /// <summary>Loads the sign-in page, unless whoever sits there is signing out just now and is on the way to it.</summary>
    public ValueTask SignInAgainAsync(string url) => js.InvokeVoidAsync("payflow.signInAgain", url);

    public ValueTask KeepDraftAsync(Guid account, KeptDraft draft) => js.InvokeVoidAsync("payflow.keep", Name(account), draft);

    public ValueTask<KeptDraft?> KeptDraftAsync(Guid account) => js.InvokeAsync<KeptDraft?>("payflow.kept", Name(account));

    public ValueTask DropDraftAsync(Guid account) => js.InvokeVoidAsync("payflow.keep", Name(account), null);

    private static string Name(Guid account) => $"payflow.draft.{account}";
}
