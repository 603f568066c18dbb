using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Payers;

namespace PayFlow.Transactions.Holds;

/// <summary>Amounts that are set aside for a payee and captured later (docs/adr/0021-holds.md).</summary>
public static class HoldsModule
{
    public static void AddHolds(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransactionKind<HoldKind>();
        builder.Services.AddTransactionKind<CaptureKind>();
        builder.Services.AddTransactionKind<ReleaseKind>();
        builder.Services.AddSingleton<HoldAdmission>();
        builder.Services.AddScoped<HoldRequests>();
        builder.Services.AddHostedService<ExpiredHolds>();
    }

    public static void MapHolds(this WebApplication app)
    {
        var holds = app.MapGroup("/holds").WithTags("Holds");
        holds
            .MapPost("/", PlaceHold.HandleAsync)
            .Describe(
                "placeHold",
                "Hold money for a payee",
                "Sets an amount aside. The payee captures it later, or it is released when the hold expires."
            )
            .MovesMoney()
            .TakesPayerRequests();
        holds
            .MapGet("/", ListHolds.HandleAsync)
            .Describe(
                "listHolds",
                "List holds",
                "What the caller holds for others, or others for the caller. Newest first, a page at a time."
            )
            .Answers(ProblemCodes.InvalidCursor);
        holds
            .MapGet("/{id}", GetHold.HandleAsync)
            .Describe("getHold", "Get a hold", "For its payer and its payee. Staff read every hold.")
            .Answers(HoldProblems.HoldNotFound);
        MapChanges(holds);
    }

    private static void MapChanges(RouteGroupBuilder holds)
    {
        holds
            .MapPost("/{id}/capture", CaptureHold.HandleAsync)
            .Describe(
                "captureHold",
                "Capture a hold",
                "The payee takes the held money, the whole of it or a part. Several parts are possible."
            )
            .MovesMoney()
            .Answers(
                HoldProblems.HoldNotFound,
                HoldProblems.NotThePayee,
                HoldProblems.HoldExceeded,
                HoldProblems.HoldBusy,
                ProblemCodes.HoldEnded
            );
        holds
            .MapPost("/{id}/void", VoidHold.HandleAsync)
            .Describe("voidHold", "Release a hold", "The payee gives the rest of the held money back to the payer.")
            .MovesMoney()
            .Answers(
                HoldProblems.HoldNotFound,
                HoldProblems.NotThePayee,
                HoldProblems.HoldBusy,
                ProblemCodes.HoldEnded
            );
    }
}
