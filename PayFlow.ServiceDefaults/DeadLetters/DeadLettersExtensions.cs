using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.DeadLetters;

public static class DeadLettersExtensions
{
    public static IHostApplicationBuilder AddDeadLetters(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DeadLetterStore>();
        return builder;
    }

    /// <summary>
    /// <c>GET /{service}/parked</c>, for auditors and admins, and <c>POST /{service}/parked/{id}/replay</c>, for
    /// admins.
    /// </summary>
    public static void MapDeadLetters(this IEndpointRouteBuilder routes, string service)
    {
        var group = routes.MapGroup($"/{service}/parked").WithTags("Parked messages");
        group
            .MapGet(
                "/",
                (DeadLetterStore letters, CancellationToken cancellationToken) => letters.ListAsync(cancellationToken)
            )
            .RequireRoles(Role.Auditor, Role.Admin);
        group
            .MapPost(
                "/{id}/replay",
                async (
                    Guid id,
                    AuditActor who,
                    DeadLetterStore letters,
                    IEnumerable<BatchConsumer> consumers,
                    CancellationToken cancellationToken
                ) =>
                    await letters.ReplayAsync(id, who, consumers, cancellationToken) switch
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
            .RequireRoles(Role.Admin);
    }
}
