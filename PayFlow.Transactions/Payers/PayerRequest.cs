using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Payers;

/// <summary>A request of a payer: money of an own account is for a payee, now or later.</summary>
/// <param name="ToAccount">An account's id or number, or a handle such as <c>@asha</c>.</param>
public sealed record PayerRequest(TransactionKind Kind, TransactionId Id, AccountId FromAccount, string ToAccount)
{
    /// <summary>Above zero.</summary>
    public required Money Amount { get; init; }

    public string? Note { get; init; }

    public string? ExternalReference { get; init; }

    /// <summary>The client's own strings, a JSON object.</summary>
    public string? Metadata { get; init; }

    /// <summary>The kind's own facts, a JSON object; null where it has none.</summary>
    public string? Details { get; init; }

    /// <summary>The Idempotency-Key.</summary>
    public required string Key { get; init; }

    /// <summary>A hash of the parsed request: the same key with another one is refused.</summary>
    public required byte[] Fingerprint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From this instant on the ledger refuses it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <returns>Zero where the currency or the amount is wrong.</returns>
    public static Money ReadAmount(FieldErrors errors, AmountText text, string code)
    {
        if (!Currency.TryParse(code, out var currency))
        {
            errors.Add("currency", "Must be an ISO 4217 code such as INR.");
            return default;
        }

        var error = text.TryRead(currency, out var amount);
        errors
            .AddIf("amount", error.Objection(currency))
            .AddIf(error == AmountError.None && amount.Minor <= 0, "amount", "Must be above zero.");
        return amount;
    }

    public static FieldErrors Check(FieldErrors errors, string toAccount, string? note) =>
        errors
            .AddIf(
                toAccount.Length is 0 or > 100,
                "toAccount",
                "Must be an account id, an account number or a handle such as @asha."
            )
            .AddIf(note is { Length: > 200 }, "note", "Must have at most 200 characters.");
}
