using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>
/// <c>GET /{service}/audit</c>: searched by action, actor, subject and time, newest first, a page at a time; or, as
/// <c>text/csv</c> or <c>application/x-ndjson</c> (by <c>Accept</c> or <c>format=csv|ndjson</c>), all that fits in one
/// stream.
/// </summary>
public static class ListAudit
{
    internal const string Csv = "text/csv";
    internal const string NdJson = "application/x-ndjson";

    private static readonly byte[] NewLine = [(byte)'\n'];

    /// <param name="Actor">
    /// A user's or a party's id, or <c>system</c>, <c>anonymous</c> or roles as they are listed.
    /// </param>
    /// <param name="From">From this instant on.</param>
    /// <param name="To">Before this instant.</param>
    public sealed record Query(
        string? Action = null,
        string? Actor = null,
        string? SubjectType = null,
        string? SubjectId = null,
        TimeText? From = null,
        TimeText? To = null,
        [property: Words("json", "csv", "ndjson")] string? Format = null,
        string? Cursor = null,
        int Limit = Cursor.DefaultLimit
    );

    public sealed record Services(AuditRows Log, AuditOptions Options, AuditLog Audit);

    public static async Task<Results<Ok<Page<AuditEntry>>, PushStreamHttpResult, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query,
        HttpRequest request,
        [AsParameters] Services services,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        if (query.Limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        if (query.Format is not (null or "json" or "csv" or "ndjson"))
            return Problem.Invalid("format", "Must be json, csv or ndjson.");
        var errors = new FieldErrors();
        var (from, to) = (query.From?.ReadInstant("from", errors), query.To?.ReadInstant("to", errors));
        if (errors.Any)
            return errors.ToProblem();
        var rows = Select(query, from, to, services.Log);
        // Each part with its length, so that no two searches read the same.
        var list = string.Join(
            '|',
            new[]
            {
                services.Options.Service,
                query.Action,
                query.Actor,
                query.SubjectType,
                query.SubjectId,
                from?.ToString("O", CultureInfo.InvariantCulture),
                to?.ToString("O", CultureInfo.InvariantCulture),
            }.Select(part => $"{part?.Length}:{part}")
        );
        if (query.Cursor is { } cursor)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            rows = rows.Where(row => row.Id < after);
        }

        var format = query.Format ?? Accepted(request);
        await services.Audit.WriteAsync(
            new AuditEvent(AuditActions.AuditRead, who, "audit_log", services.Options.Service)
            {
                After = new
                {
                    query.Action,
                    query.Actor,
                    query.SubjectType,
                    query.SubjectId,
                    from,
                    to,
                    format,
                },
            },
            cancellationToken
        );
        if (format == "csv")
            return TypedResults.Stream(
                body => WriteCsvAsync(body, rows, cancellationToken),
                Csv,
                $"{services.Options.Service}-services.Audit.csv"
            );
        if (format == "ndjson")
            return TypedResults.Stream(
                body => WriteNdJsonAsync(body, rows, cancellationToken),
                NdJson,
                $"{services.Options.Service}-services.Audit.ndjson"
            );

        var page = await rows.Take(query.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(
            new Page<AuditEntry>(
                [.. page.Take(query.Limit).Select(AuditEntry.From)],
                page.Count > query.Limit ? Cursor.Write(list, page[query.Limit - 1].Id.ToString()) : null
            )
        );
    }

    private static IQueryable<AuditRow> Select(Query query, DateTimeOffset? from, DateTimeOffset? to, AuditRows log)
    {
        var rows = log.All;
        if (query.Action is { } action)
            rows = rows.Where(row => row.Action == action);
        if (Guid.TryParse(query.Actor, out var id))
            rows = rows.Where(row => row.UserId == id || row.PartyId == id);
        else if (query.Actor is { } actor)
            rows = rows.Where(row => row.Actor == actor);
        if (query.SubjectType is { } type)
            rows = rows.Where(row => row.SubjectType == type);
        if (query.SubjectId is { } subject)
            rows = rows.Where(row => row.SubjectId == subject);
        if (from is not null)
            rows = rows.Where(row => row.At >= from);
        if (to is not null)
            rows = rows.Where(row => row.At < to);
        return rows.OrderByDescending(row => row.Id);
    }

    private static string Accepted(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .Accept.OrderByDescending(media => media.Quality ?? 1)
            .Select(media => media.MediaType.Value)
            .FirstOrDefault() switch
        {
            Csv => "csv",
            NdJson => "ndjson",
            _ => "json",
        };

    private static async Task WriteNdJsonAsync(
        Stream body,
        IQueryable<AuditRow> rows,
        CancellationToken cancellationToken
    )
    {
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(
                body,
                AuditEntry.From(row),
                JsonSerializerOptions.Web,
                cancellationToken
            );
            await body.WriteAsync(NewLine, cancellationToken);
        }
    }

    /// <summary>RFC 4180, with the hashes in hex so that the file can be verified without the database.</summary>
    private static async Task WriteCsvAsync(Stream body, IQueryable<AuditRow> rows, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(
            body,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            leaveOpen: true
        )
        {
            NewLine = "\r\n",
        };
        await text.WriteLineAsync(
            "id,at,action,actor,userId,partyId,sessionId,subjectType,subjectId,clientIp,userAgent,traceId,before,after,"
                + "lane,sequence,previousHash,hash"
        );
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await text.WriteLineAsync(
                string.Join(
                    ',',
                    new[]
                    {
                        row.Id.ToString(),
                        row.At.ToString("O", CultureInfo.InvariantCulture),
                        row.Action,
                        row.Actor,
                        row.UserId?.ToString(),
                        row.PartyId?.ToString(),
                        row.SessionId?.ToString(),
                        row.SubjectType,
                        row.SubjectId,
                        row.ClientIp,
                        row.UserAgent,
                        row.TraceId,
                        row.Before,
                        row.After,
                        row.Lane.ToString(),
                        row.Sequence.ToString(CultureInfo.InvariantCulture),
                        Convert.ToHexStringLower(row.PreviousHash),
                        Convert.ToHexStringLower(row.Hash),
                    }.Select(CsvCell.Of)
                )
            );
        }
    }
}
