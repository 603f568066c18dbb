using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Transactions.Confirmation;

/// <summary>Who has confirmed a payment to whom, by parties.</summary>
public readonly record struct PayeePair(TenantId Tenant, Guid Payer, Guid Payee);
