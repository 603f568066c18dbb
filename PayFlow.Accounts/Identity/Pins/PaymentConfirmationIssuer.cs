using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Makes payment confirmations (<see cref="PaymentConfirmationClaims"/>); that each is used once is for who takes it to
/// see to.
/// </summary>
public sealed class PaymentConfirmationIssuer(
    SigningKeys keys,
    AccessOptions access,
    PeopleOptions options,
    TimeProvider clock
)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Seconds.</summary>
    public int ExpiresIn => (int)options.ConfirmationLifetime.TotalSeconds;

    /// <param name="user">As read before the secret was compared.</param>
    /// <param name="session">The only session that may pay with it.</param>
    public (Guid Id, string Token) Issue(User user, SessionId session, AccountId payer, AccountId payee, Money amount)
    {
        var (id, now) = (TypedId.NewGuid(clock), clock.GetUtcNow().UtcDateTime);
        var token = _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = PaymentConfirmationClaims.Type,
                Issuer = access.Issuer,
                Audience = access.Audience,
                IssuedAt = now,
                Expires = now + options.ConfirmationLifetime,
                SigningCredentials = keys.Current,
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    [PaymentConfirmationClaims.Id] = id.ToString(),
                    [PaymentConfirmationClaims.User] = user.Id.ToString(),
                    [PaymentConfirmationClaims.Session] = session.ToString(),
                    [PaymentConfirmationClaims.Proof] = user.ProofStamp.ToString(),
                    [PaymentConfirmationClaims.Payer] = payer.ToString(),
                    [PaymentConfirmationClaims.Payee] = payee.ToString(),
                    [PaymentConfirmationClaims.Amount] = amount.ToString(),
                    [PaymentConfirmationClaims.Currency] = amount.Currency.Code,
                },
            }
        );
        return (id, token);
    }
}
