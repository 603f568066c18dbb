using PayFlow.ServiceDefaults.Amounts;
using Code = PayFlow.ServiceDefaults.Amounts.Currency;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>One side of a posting: which account, and how much of which currency.</summary>
/// <param name="Amount">A decimal string above zero.</param>
public sealed record LedgerSide(Guid Account, string Amount, string Currency)
{
    /// <summary>Two texts may be one amount: <c>125.5</c> and <c>125.50</c>.</summary>
    public bool Agrees(LedgerSide other) =>
        Account == other.Account
        && Currency == other.Currency
        && (Amount == other.Amount || IsSameAmount(other.Amount));

    public override string ToString() => $"{Amount} {Currency} of account {Account}";

    private bool IsSameAmount(string text) =>
        Code.TryParse(Currency, out var currency)
        && Money.TryParse(Amount, currency, out var mine) == AmountError.None
        && Money.TryParse(text, currency, out var theirs) == AmountError.None
        && mine == theirs;
}
