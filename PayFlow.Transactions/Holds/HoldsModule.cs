using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Lifecycle;

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
        holds.MapPost("/", PlaceHold.HandleAsync).AddEndpointFilter(AcceptedAtOnce.Filter);
        holds.MapGet("/", ListHolds.HandleAsync);
        holds.MapGet("/{id}", GetHold.HandleAsync);
        holds.MapPost("/{id}/capture", CaptureHold.HandleAsync).AddEndpointFilter(AcceptedAtOnce.Filter);
        holds.MapPost("/{id}/void", VoidHold.HandleAsync).AddEndpointFilter(AcceptedAtOnce.Filter);
    }
}
