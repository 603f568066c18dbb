using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// The life of a transaction from its acceptance to its end: the saga, its sweeper, and those that wait.
/// </summary>
public static class LifecycleModule
{
    public static void AddLifecycle(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TransactionKinds>();
        builder.Services.AddTransactionKind<AdjustmentKind>();
        builder.Services.AddSingleton<Transitions>();
        builder.AddMessageHandler<SagaConsumer>(Topics.TransactionsGroup);
        builder.Services.AddRunning<Backlog>();
        builder.Services.AddRunning<TransactionWaiters>();
        builder.Services.AddRunning<Sweeper>();
    }
}
