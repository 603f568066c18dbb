namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// What a payment confirmation says beyond <c>iss</c>, <c>aud</c>, <c>iat</c> and <c>exp</c>: Accounts signs one when
/// its owner has shown the payment PIN or a code, and Transactions takes it once, for this payment and no other.
/// </summary>
public static class PaymentConfirmationClaims
{
    /// <summary>The request header that carries the confirmation of a payment.</summary>
    public const string Header = "Payment-Confirmation";

    /// <summary>The token's <c>typ</c>, so that neither passes for an access token nor the other way round.</summary>
    public const string Type = "pc+jwt";

    /// <summary>Which confirmation: a UUID, used up by the transaction that it lets in.</summary>
    public const string Id = "jti";

    /// <summary>The user who confirmed.</summary>
    public const string User = "sub";

    /// <summary>The session that confirmed, which alone may pay with it.</summary>
    public const string Session = AccessClaims.Session;

    /// <summary>
    /// A stamp that is revoked, as a session is, when the password, the PIN or the second factor changes.
    /// </summary>
    public const string Proof = "proof";

    /// <summary>The id of the account that pays.</summary>
    public const string Payer = "from";

    /// <summary>The id of the account that receives.</summary>
    public const string Payee = "to";

    /// <summary>A decimal string with the currency's own number of digits, as in the API: <c>125.50</c>.</summary>
    public const string Amount = "amount";

    /// <summary>ISO 4217.</summary>
    public const string Currency = "currency";
}
