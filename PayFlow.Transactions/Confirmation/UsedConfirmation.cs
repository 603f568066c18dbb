using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Transactions.Confirmation;

/// <summary>A confirmation is good for one transaction.</summary>
internal sealed record UsedConfirmation(TenantId Tenant, Guid Id, Guid Transaction, DateTimeOffset At);
