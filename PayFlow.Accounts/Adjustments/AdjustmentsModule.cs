using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Accounts.Adjustments;

/// <summary>
/// Staff add or remove money; a large amount needs a second admin (docs/adr/0003-adjustments-queue.md).
/// </summary>
public static class AdjustmentsModule
{
    public static void AddAdjustments(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AdjustmentEngine>();
        builder.Services.AddSingleton(AdjustmentOptions.From(builder.Configuration));
    }

    public static void MapAdjustments(this WebApplication app)
    {
        app.MapPut("/accounts/{id}/balance", AdjustBalance.HandleAsync).WithTags("Accounts").RequireRoles(Role.Admin);
        var adjustments = app.MapGroup("/adjustments").WithTags("Adjustments");
        adjustments.MapGet("/", ReviewAdjustment.ListAsync).RequireRoles(Role.Auditor, Role.Admin);
        adjustments.MapGet("/{id}", ReviewAdjustment.ByIdAsync).RequireRoles(Role.Auditor, Role.Admin);
        adjustments.MapPost("/{id}/approve", ReviewAdjustment.ApproveAsync).RequireRoles(Role.Admin);
        adjustments.MapPost("/{id}/reject", ReviewAdjustment.RejectAsync).RequireRoles(Role.Admin);
    }
}
