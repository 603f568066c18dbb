using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using Polly.Timeout;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>
/// <c>GET /{service}/audit/verify</c>: verifies the audit log and reports the first wrong row of each lane. A long log
/// is verified in parts, each from the cursor of the part before.
/// </summary>
public static class VerifyAudit
{
    private const int MaxLimit = 1_000_000;

    /// <param name="Limit">Rows a part.</param>
    public sealed record Query(string? Cursor = null, int Limit = MaxLimit / 4);

    /// <param name="Rows">How many this part has read.</param>
    /// <param name="Lanes">How many lanes begin in this part.</param>
    /// <param name="NextCursor">Null where the log ends here.</param>
    public sealed record Response(
        bool Intact,
        long Rows,
        int Lanes,
        AuditBreak? FirstBreak,
        IReadOnlyList<AuditBreak> Breaks,
        string? NextCursor
    );

    public sealed record Services(AuditRows Log, IAuditHeads Heads, AuditOptions Options, AuditLog Audit);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query,
        [AsParameters] Services services,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        if (query.Limit is < 1 or > MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {MaxLimit}.");
        var list = $"verify|{services.Options.Service}";
        AuditPlace? after = null;
        if (query.Cursor is { } cursor)
        {
            // Cursors are not signed, so check that rows start at 1 and come in order.
            if (
                !Cursor.TryRead(cursor, list, out var position)
                || position.Split('/') is not [var inLane, var at]
                || !Guid.TryParse(inLane, out var lane)
                || !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
                || sequence is 0 or long.MaxValue
            )
            {
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            }

            after = new AuditPlace(lane, sequence);
        }

        IReadOnlyList<AuditLaneHead> kept;
        try
        {
            kept = await services.Heads.GetAsync(services.Options.Service, cancellationToken);
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutRejectedException)
        {
            return Problem.Of(
                ProblemCodes.Unavailable,
                "The audit checkpoints cannot be read, so removed entries would go unnoticed. Try again in a moment."
            );
        }

        var rows = services.Log.Chain;
        if (after is { } place)
            rows = rows.Where(row =>
                EF.Functions.GreaterThanOrEqual(
                    ValueTuple.Create(row.Lane, row.Sequence),
                    ValueTuple.Create(place.Lane, place.Sequence)
                )
            );
        var report = await AuditVerifier.VerifyAsync(
            rows.OrderBy(row => row.Lane).ThenBy(row => row.Sequence).AsAsyncEnumerable(),
            kept,
            after,
            query.Limit,
            cancellationToken
        );
        await services.Audit.WriteAsync(
            new AuditEvent(AuditActions.AuditVerified, who, "audit_log", services.Options.Service)
            {
                After = new
                {
                    report.Intact,
                    report.Rows,
                    report.Lanes,
                },
            },
            cancellationToken
        );
        return TypedResults.Ok(
            new Response(
                report.Intact,
                report.Rows,
                report.Lanes,
                report.Breaks.Count > 0 ? report.Breaks[0] : null,
                report.Breaks,
                report.Through is { } through
                    ? Cursor.Write(
                        list,
                        string.Create(CultureInfo.InvariantCulture, $"{through.Lane}/{through.Sequence}")
                    )
                    : null
            )
        );
    }
}
