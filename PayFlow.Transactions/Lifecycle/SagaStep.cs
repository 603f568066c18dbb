using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>A message for one transaction.</summary>
/// <param name="Source">The event that it was read from; null for an answer from outside.</param>
public sealed record SagaStep(Guid Transaction, SagaMessage Message, ConsumedMessage? Source = null);
