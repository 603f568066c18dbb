using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>The payment that a confirmation must be of.</summary>
/// <param name="User">Who asks for it.</param>
/// <param name="Session">The session that asks.</param>
public sealed record PaymentToConfirm(UserId User, SessionId Session, AccountId Payer, AccountId Payee, Money Amount);
