using PayFlow.ServiceDefaults;

namespace PayFlow.Transactions.Intake;

/// <summary>Accepts or refuses requests that move money, many in one commit.</summary>
public static class IntakeModule
{
    public static void AddIntake(this WebApplicationBuilder builder) => builder.Services.AddRunning<IntakeWriter>();
}
