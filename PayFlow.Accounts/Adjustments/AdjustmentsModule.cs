using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;

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
        app.MapPut("/accounts/{id}/balance", AdjustBalance.HandleAsync)
            .WithTags("Accounts")
            .RequireRoles(Role.Admin)
            .Describe(
                "adjustBalance",
                "Adjust a balance",
                "Posts a correction against equity; it adds the `adjustment` to the balance and never sets it. A "
                    + "large one waits for a second admin and is answered with a 202."
            )
            .TakesIdempotencyKey()
            .Answers([ProblemCodes.AccountNotFound, ProblemCodes.Forbidden, .. ProblemCodes.OfFailures]);
        var adjustments = app.MapGroup("/adjustments").WithTags("Adjustments");
        adjustments
            .MapGet("/", ReviewAdjustment.ListAsync)
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe("listAdjustments", "List adjustments", "Those of all admins. Newest first, a page at a time.")
            .Answers(ProblemCodes.InvalidCursor);
        adjustments
            .MapGet("/{id}", ReviewAdjustment.ByIdAsync)
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe("getAdjustment", "Get an adjustment", "One adjustment with its decision.")
            .Answers(ProblemCodes.NotFound);
        adjustments
            .MapPost("/{id}/approve", ReviewAdjustment.ApproveAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                "approveAdjustment",
                "Approve an adjustment",
                "Posts it. Nobody approves an adjustment of their own."
            )
            .Answers([
                .. ProblemCodes.OfFailures,
                ProblemCodes.NotFound,
                ProblemCodes.AlreadyDecided,
                ProblemCodes.Forbidden,
            ]);
        adjustments
            .MapPost("/{id}/reject", ReviewAdjustment.RejectAsync)
            .RequireRoles(Role.Admin)
            .Describe("rejectAdjustment", "Reject an adjustment", "Every admin may reject it.")
            .Answers(ProblemCodes.NotFound, ProblemCodes.AlreadyDecided, ProblemCodes.Forbidden);
    }
}
