using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Messaging;

public static class ParkingEndpoints
{
    /// <summary>
    /// <c>GET /{service}/parked</c>, for auditors and admins, and <c>POST /{service}/parked/{id}/replay</c>, for
    /// admins.
    /// </summary>
    public static void MapParking(this IEndpointRouteBuilder routes, string service)
    {
        var group = routes.MapGroup($"/{service}/parked").WithTags("Parked messages");
        group
            .MapGet("/", (Parking parking, CancellationToken cancellationToken) => parking.ListAsync(cancellationToken))
            .For(Role.Auditor, Role.Admin);
        group
            .MapPost(
                "/{id}/replay",
                async (
                    Guid id,
                    AuditActor who,
                    Parking parking,
                    IEnumerable<BatchConsumer> consumers,
                    CancellationToken cancellationToken
                ) =>
                    await parking.ReplayAsync(id, who, consumers, cancellationToken) switch
                    {
                        (false, _) => (IResult)
                            Problem.Of(
                                ProblemCodes.NotFound,
                                "No parked message has this id. Check the id in the list of parked messages."
                            ),
                        (true, { } failure) => Problem.Of(
                            ProblemCodes.AccountState with
                            {
                                Code = "replay_failed",
                                Title = "The replay of the message failed.",
                            },
                            failure
                        ),
                        _ => TypedResults.NoContent(),
                    }
            )
            .For(Role.Admin);
    }
}
