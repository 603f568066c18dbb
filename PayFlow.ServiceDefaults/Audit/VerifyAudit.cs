using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Problems;
using Polly.Timeout;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary><c>GET /{service}/audit/verify</c>: whether all that was written is there as it was, and if not, the first row that is not.</summary>
public static class VerifyAudit
{
    public sealed record Response(bool Intact, long Rows, int Lanes, AuditBreak? FirstBreak, IReadOnlyList<AuditBreak> Breaks);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        AuditRows log, IAuditHeads heads, AuditOptions options, AuditLog audit, AuditActor who, CancellationToken cancellationToken)
    {
        IReadOnlyList<AuditLaneHead> kept;
        try
        {
            kept = await heads.GetAsync(options.Service, cancellationToken);
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutRejectedException)
        {
            return Problem.Of(ProblemCodes.Unavailable, "The kept heads could not be read, and without them a cut tail would not show. Try again in a moment.");
        }

        var rows = log.All.OrderBy(row => row.Lane).ThenBy(row => row.Sequence).AsAsyncEnumerable();
        var report = await AuditVerifier.VerifyAsync(rows, kept, cancellationToken);
        await audit.WriteAsync(new AuditEvent(AuditActions.AuditVerified, who, "audit_log", options.Service) { After = new { report.Intact, report.Rows, report.Lanes } }, cancellationToken);
        return TypedResults.Ok(new Response(report.Intact, report.Rows, report.Lanes, report.Breaks.Count > 0 ? report.Breaks[0] : null, report.Breaks));
    }
}
