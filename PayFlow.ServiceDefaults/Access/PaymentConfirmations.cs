using Microsoft.IdentityModel.JsonWebTokens;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>The payment that a confirmation must be of.</summary>
/// <param name="User">Who asks for it.</param>
/// <param name="Session">The session that asks.</param>
public sealed record PaymentToConfirm(UserId User, SessionId Session, AccountId Payer, AccountId Payee, Money Amount);

/// <summary>What a confirmation is worth, closed.</summary>
public abstract record ConfirmationVerdict
{
    /// <summary>It is of this payment. Whether it was used before is the taker's to know.</summary>
    public sealed record Good(Guid Id) : ConfirmationVerdict;

    /// <summary>
    /// Forged, expired, of another payment, user or session, or older than a change of password, PIN or second factor.
    /// </summary>
    public sealed record Bad : ConfirmationVerdict;

    /// <summary>The authority's keys cannot be had, so nothing can be said of it.</summary>
    public sealed record Unknown : ConfirmationVerdict;
}

/// <summary>Checks the confirmations that Accounts signs (<see cref="PaymentConfirmationClaims"/>), with the keys of its access tokens.</summary>
public sealed class PaymentConfirmations
{
    private readonly JsonWebTokenHandler _handler = new();
    private readonly AuthorityKeys _keys;
    private readonly RevokedSessions _revoked;
    private readonly Microsoft.IdentityModel.Tokens.TokenValidationParameters _rules;

    internal PaymentConfirmations(
        AccessOptions access, AuthorityKeys keys, RevokedSessions revoked, TimeProvider clock) =>
        (_keys, _revoked, _rules) = (keys, revoked, access.ToParameters(PaymentConfirmationClaims.Type, clock));

    /// <param name="confirmation">The header as it was sent.</param>
    public async ValueTask<ConfirmationVerdict> CheckAsync(string confirmation, PaymentToConfirm payment, CancellationToken cancellationToken)
    {
        if (!TokenRules.IsSpelledRight(confirmation)) return new ConfirmationVerdict.Bad();
        try
        {
            await _keys.LookForAsync(new JsonWebToken(confirmation).Kid, cancellationToken);
            var rules = _rules.Clone();
            rules.IssuerSigningKeys = (await _keys.GetConfigurationAsync(cancellationToken)).SigningKeys;
            var result = await _handler.ValidateTokenAsync(confirmation, rules);
            return result.IsValid && IsOf(payment, result.Claims) && !IsRevoked(result.Claims) && Guid.TryParseExact(
                Claim(result.Claims, PaymentConfirmationClaims.Id), "D", out var id)
                ? new ConfirmationVerdict.Good(id)
                : new ConfirmationVerdict.Bad();
        }
        catch (ArgumentException)
        {
            // No token at all.
            return new ConfirmationVerdict.Bad();
        }
        catch (AuthorityUnavailableException)
        {
            return new ConfirmationVerdict.Unknown();
        }
    }

    private bool IsRevoked(IDictionary<string, object> claims) =>
        !SessionId.TryParse(
            Claim(claims, PaymentConfirmationClaims.Proof), null, out var proof) || _revoked.Contains(proof);

    private static bool IsOf(PaymentToConfirm payment, IDictionary<string, object> claims) =>
        Claim(claims, PaymentConfirmationClaims.User) == payment.User.ToString()
        && Claim(claims, PaymentConfirmationClaims.Session) == payment.Session.ToString()
        && Claim(claims, PaymentConfirmationClaims.Payer) == payment.Payer.ToString()
        && Claim(claims, PaymentConfirmationClaims.Payee) == payment.Payee.ToString()
        && Claim(claims, PaymentConfirmationClaims.Amount) == payment.Amount.ToString()
        && Claim(claims, PaymentConfirmationClaims.Currency) == payment.Amount.Currency.Code;

    private static string? Claim(IDictionary<string, object> claims, string name) => claims.TryGetValue(name, out var value) ? value as string : null;
}
