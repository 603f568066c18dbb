namespace PayFlow.Transactions.Payers;

/// <summary>What is alike in all requests of payers, whatever kind they ask for.</summary>
public static class PayersModule
{
    public static void AddPayers(this WebApplicationBuilder builder) => builder.Services.AddScoped<PayerRequests>();
}
