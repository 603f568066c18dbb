namespace PayFlow.Transactions.Confirmation;

/// <summary>Who has confirmed a payment to whom, by parties.</summary>
public readonly record struct PayeePair(Guid Payer, Guid Payee);
