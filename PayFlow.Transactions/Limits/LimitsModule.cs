using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Transactions.Limits;

/// <summary>How much a party may send in a payment, a day and a month (docs/adr/0009-limits-in-one-row.md).</summary>
public static class LimitsModule
{
    public static void AddLimits(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(LimitRules.From(builder.Configuration));

    public static void MapLimits(this WebApplication app)
    {
        app.Logger.LogInformation(
            "Limits are set for {Currencies}; those of every other currency follow from INR's by the reference rates",
            string.Join(", ", app.Services.GetRequiredService<LimitRules>().WithOwnLimits)
        );
        app.MapGet("/limits", ShowLimits.HandleAsync)
            .WithTags("Limits")
            .Describe(
                "getLimits",
                "Get your limits",
                "How much the caller may still send from each open account, and above which amount a payment "
                    + "needs a confirmation."
            )
            .Answers(ProblemCodes.AccountNotFound);
    }
}
