namespace PayFlow.Web.Wallet.Send;

/// <summary>
/// What somebody typed on the way to pay <paramref name="About"/>. The browser keeps it with the tab, one for each
/// payee of an account.
/// </summary>
/// <param name="Values">By the names of the fields: <c>amount</c> and <c>note</c>.</param>
public sealed record TypedDraft(Payee About, IReadOnlyDictionary<string, string> Values)
{
    public string Amount => Values.GetValueOrDefault("amount", "");
}
