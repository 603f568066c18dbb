using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Documentation;
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
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe(
                ApiTags.IdFor("list", service, "ParkedMessages"),
                "List parked messages",
                "Messages that could not be handled and were set aside, the newest first."
            );
        group
            .MapPost("/{id}/replay", ReplayAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                ApiTags.IdFor("replay", service, "ParkedMessage"),
                "Replay a parked message",
                "Handles the message again. A second time changes nothing."
            )
            .Answers(ProblemCodes.NotFound, DeadLetterProblems.ReplayFailed);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReplayAsync(
        Guid id,
        AuditActor who,
        DeadLetterStore letters,
        IEnumerable<BatchConsumer> consumers,
        CancellationToken cancellationToken
    ) =>
        await letters.ReplayAsync(id, who, consumers, cancellationToken) switch
        {
            (false, _) => Problem.Of(
                ProblemCodes.NotFound,
                "No parked message has this id. Check the id in the list of parked messages."
            ),
            (true, { } failure) => Problem.Of(DeadLetterProblems.ReplayFailed, failure),
            _ => TypedResults.NoContent(),
        };
}
