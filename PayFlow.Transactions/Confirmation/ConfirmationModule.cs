namespace PayFlow.Transactions.Confirmation;

/// <summary>Which payees are known, and which confirmations are used up.</summary>
public static class ConfirmationModule
{
    public static void AddConfirmation(this WebApplicationBuilder builder) =>
        builder.Services.AddHostedService<ConfirmationRetention>();
}
