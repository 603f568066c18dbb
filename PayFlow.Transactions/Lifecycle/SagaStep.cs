using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>A message for one transaction.</summary>
/// <param name="Tenant">A transaction of another tenant is unknown to the message.</param>
/// <param name="Source">The event that it was read from; null for an answer from outside.</param>
public sealed record SagaStep(TenantId Tenant, Guid Transaction, SagaMessage Message, ConsumedMessage? Source = null);
