namespace PayFlow.Transactions.Lifecycle;

public static class TransactionKindExtensions
{
    /// <summary>Registers a kind: intake, saga, sweeper, history and reconciliation then know its type.</summary>
    public static void AddTransactionKind<TKind>(this IServiceCollection services)
        where TKind : TransactionKind
    {
        services.AddSingleton<TKind>();
        services.AddSingleton<TransactionKind>(provider => provider.GetRequiredService<TKind>());
    }
}
