using Microsoft.IdentityModel.JsonWebTokens;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// Checks the confirmations that Accounts signs (<see cref="PaymentConfirmationClaims"/>), with the keys of its access
/// tokens.
/// </summary>
public sealed class PaymentConfirmations
{
    private readonly JsonWebTokenHandler _handler = new();
    private readonly SigningKeyProvider _keys;
    private readonly RevokedSessions _revoked;
    private readonly Microsoft.IdentityModel.Tokens.TokenValidationParameters _rules;

    internal PaymentConfirmations(
        AccessOptions access,
        SigningKeyProvider keys,
        RevokedSessions revoked,
        TimeProvider clock
    ) => (_keys, _revoked, _rules) = (keys, revoked, access.ToParameters(PaymentConfirmationClaims.Type, clock));

    /// <param name="confirmation">The header as it was sent.</param>
    public async ValueTask<ConfirmationVerdict> CheckAsync(
        string confirmation,
        PaymentToConfirm payment,
        CancellationToken cancellationToken
    )
    {
        if (!TokenRules.IsSpelledRight(confirmation))
            return new ConfirmationVerdict.Bad();
        try
        {
            await _keys.LookForAsync(new JsonWebToken(confirmation).Kid, cancellationToken);
            var rules = _rules.Clone();
            rules.IssuerSigningKeys = (await _keys.GetConfigurationAsync(cancellationToken)).SigningKeys;
            var result = await _handler.ValidateTokenAsync(confirmation, rules);
            return
                result.IsValid
                && IsOf(payment, result.Claims)
                && !IsRevoked(result.Claims)
                && Guid.TryParseExact(Claim(result.Claims, PaymentConfirmationClaims.Id), "D", out var id)
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
        !SessionId.TryParse(Claim(claims, PaymentConfirmationClaims.Proof), null, out var proof)
        || _revoked.Contains(proof);

    private static bool IsOf(PaymentToConfirm payment, IDictionary<string, object> claims) =>
        Claim(claims, PaymentConfirmationClaims.User) == payment.User.ToString()
        && Claim(claims, PaymentConfirmationClaims.Session) == payment.Session.ToString()
        && Claim(claims, PaymentConfirmationClaims.Payer) == payment.Payer.ToString()
        && Claim(claims, PaymentConfirmationClaims.Payee) == payment.Payee.ToString()
        && Claim(claims, PaymentConfirmationClaims.Amount) == payment.Amount.ToString()
        && Claim(claims, PaymentConfirmationClaims.Currency) == payment.Amount.Currency.Code;

    private static string? Claim(IDictionary<string, object> claims, string name) =>
        claims.TryGetValue(name, out var value) ? value as string : null;
}
