using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What a batch of messages from Accounts says.</summary>
internal sealed class SagaBatch
{
    public List<SagaStep> Steps { get; } = [];

    public List<(AdjustmentPosted Posted, ConsumedMessage Message)> Adjustments { get; } = [];

    public List<AccountSnapshot> Accounts { get; } = [];

    public List<PayeesForgotten> Forgotten { get; } = [];
}
