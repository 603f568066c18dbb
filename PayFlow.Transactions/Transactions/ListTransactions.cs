using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Directory;

namespace PayFlow.Transactions.Transactions;

/// <summary><c>GET /transactions</c> and <c>GET /transactions/account/{id}</c>: history, newest first, a page at a time; one's own, or for staff anybody's.</summary>
public static class ListTransactions
{
    /// <param name="Account">Only what this account pays or receives, otherwise all of one's accounts; a payment that has not arrived is the payer's alone.</param>
    /// <param name="From">An inclusive instant.</param>
    /// <param name="To">An exclusive instant.</param>
    /// <param name="Min">The smallest amount, in the account's currency, or in INR where no account is given.</param>
    /// <param name="Q">Text within note, names, handles and reference, any case; needs an account.</param>
    public sealed record Query(
        AccountId? Account = null,
        string? Status = null,
        string? Type = null,
        string? From = null,
        string? To = null,
        string? Min = null,
        string? Max = null,
        string? Q = null,
        string? ExternalReference = null,
        string? Cursor = null,
        int Limit = Cursor.DefaultLimit);

    /// <summary>The query, read: what the rows must fulfil.</summary>
    internal sealed record Filter(DateTimeOffset? From, DateTimeOffset? To, long? Min, long? Max, string? Pattern, (DateTimeOffset CreatedAt, Guid Id)? After);

    public static async Task<Results<Ok<Page<TransactionResponse>>, ProblemHttpResult>> OfAccountAsync(
        AccountId accountId, [AsParameters] Query query, Caller caller, TransactionsDbContext db, AccountDirectory directory, CancellationToken cancellationToken)
    {
        if (query.Account is { } other && other != accountId) return Problem.Invalid("account", "The account is in the path already.");
        return await HandleAsync(query with { Account = accountId }, caller, db, directory, cancellationToken);
    }

    public static async Task<Results<Ok<Page<TransactionResponse>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query, Caller caller, TransactionsDbContext db, AccountDirectory directory, CancellationToken cancellationToken)
    {
        var currency = Currency.Inr;
        if (query.Account is { } account)
        {
            var answer = await directory.FindAsync(account, cancellationToken);
            if (answer.Unreachable) return Problem.Of(ProblemCodes.Unavailable, "The account could not be looked up. Try again in a moment.");
            if (answer.Entry is null || !caller.MayRead(answer.Entry.OwnerId)) return Problem.Of(ProblemCodes.AccountNotFound, "Check the id and try again.");
            currency = Currency.Parse(answer.Entry.Currency);
        }

        var list = FormattableString.Invariant(
            $"transactions {query.Account}|{query.Status}|{query.Type}|{query.From}|{query.To}|{query.Min}|{query.Max}|{query.ExternalReference?.Length}:{query.ExternalReference}|{query.Q}");
        if (Read(query, currency, list, out var filter) is { } problem) return problem;

        // One's own list is that of one's accounts: what they paid and received is found by account.
        Guid[] accounts = query.Account is { } one ? [one.Value]
            : caller.ReadsAll ? []
            : await db.Directory.Where(row => row.OwnerId == caller.PartyId.Value).Select(row => row.AccountId).ToArrayAsync(cancellationToken);
        if (accounts.Length == 0 && !caller.ReadsAll) return TypedResults.Ok(new Page<TransactionResponse>([], null));
        var rows = await Select(query, filter, accounts, db).ToListAsync(cancellationToken);
        var items = rows.Take(query.Limit).Select(row => TransactionResponse.From(row, withTimeline: false)).ToList();
        return TypedResults.Ok(new Page<TransactionResponse>(items, rows.Count > query.Limit ? Cursor.Write(list, Position(rows[query.Limit - 1])) : null));
    }

    private static ProblemHttpResult? Read(Query query, Currency currency, string list, out Filter filter)
    {
        filter = new Filter(null, null, null, null, null, null);
        var errors = new FieldErrors()
            .AddIf(query.Limit is < 1 or > Cursor.MaxLimit, "limit", $"From 1 to {Cursor.MaxLimit}.")
            .AddIf(query.Status is not (null or "pending" or "completed" or "failed"), "status", "pending, completed or failed.")
            .AddIf(query.Type is { } type && !WireWord.TryParse<TransactionType>(type, out _), "type", "transfer or adjustment.")
            .AddIf(query.Q is { } text && (query.Account is null || text.Length is 0 or > 100), "q", "1 to 100 characters, within one account.")
            .AddIf(query.ExternalReference is { Length: > 100 }, "externalReference", "At most 100 characters.");
        var from = Instant(query.From, "from", errors);
        var to = Instant(query.To, "to", errors);
        var min = Amount(query.Min, "min", currency, errors);
        var max = Amount(query.Max, "max", currency, errors);
        if (errors.Any) return errors.ToProblem();
        (DateTimeOffset, Guid)? after = null;
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, list, out var position) || TryReadPosition(position) is not { } read) return Problem.Of(ProblemCodes.InvalidCursor, "Start again without a cursor.");
            after = read;
        }

        filter = new Filter(from, to, min, max, query.Q is null ? null : $"%{query.Q.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%", after);
        return null;
    }

    /// <param name="accounts">Whose transactions; all where there is none.</param>
    internal static IQueryable<TransactionRow> Select(Query query, Filter filter, Guid[] accounts, TransactionsDbContext db)
    {
        var all = db.Transactions.AsNoTracking().Where(row => row.TenantId == TenantId.Default.Value);
        if (query.Status is { } status) all = all.Where(row => row.Status == status);
        if (query.Type is { } type) all = all.Where(row => row.Type == type);
        if (filter.From is { } from) all = all.Where(row => row.CreatedAt >= from);
        if (filter.To is { } to) all = all.Where(row => row.CreatedAt < to);
        if (filter.Min is { } min) all = all.Where(row => row.Amount >= min);
        if (filter.Max is { } max) all = all.Where(row => row.Amount <= max);
        if (query.ExternalReference is { } reference) all = all.Where(row => row.ExternalReference == reference);
        if (filter.Pattern is { } pattern)
        {
            all = all.Where(row => EF.Functions.ILike(row.Note!, pattern, "\\") || EF.Functions.ILike(row.FromName, pattern, "\\") || EF.Functions.ILike(row.ToName, pattern, "\\")
                || EF.Functions.ILike(row.FromHandle!, pattern, "\\") || EF.Functions.ILike(row.ToHandle!, pattern, "\\") || EF.Functions.ILike(row.ExternalReference!, pattern, "\\"));
        }

        if (filter.After is { } after) all = all.Where(row => EF.Functions.LessThan(ValueTuple.Create(row.CreatedAt, row.Id), ValueTuple.Create(after.CreatedAt, after.Id)));
        if (accounts.Length == 0) return Newest(all, query.Limit);
        // For each account two index scans that each stop after a page; "paid or received" in one condition would read and sort the whole
        // history. One statement of one shape: closed accounts count too, and nothing bounds how many a person has had. What one account
        // of a list paid another of it is found where it was paid.
        var sides = db.Database.SqlQuery<Guid>($"select unnest({accounts}) as \"Value\"").SelectMany(account =>
            all.Where(row => row.FromAccount == account).OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(query.Limit + 1)
                .Concat(all.Where(row => row.ToAccount == account && row.Status == "completed" && !accounts.Contains(row.FromAccount)).OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(query.Limit + 1)));
        return Newest(sides, query.Limit);
    }

    private static IQueryable<TransactionRow> Newest(IQueryable<TransactionRow> rows, int limit) => rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(limit + 1);

    private static string Position(TransactionRow row) => FormattableString.Invariant($"{row.CreatedAt.UtcTicks}/{row.Id}");

    private static (DateTimeOffset, Guid)? TryReadPosition(string position) =>
        position.Split('/') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.Ticks && Guid.TryParse(id, out var last)
            ? (new DateTimeOffset(at, TimeSpan.Zero), last)
            : null;

    private static DateTimeOffset? Instant(string? text, string field, FieldErrors errors)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)) return instant;
        errors.Add(field, "An ISO 8601 instant such as 2026-01-31T18:30:00Z.");
        return null;
    }

    private static long? Amount(string? text, string field, Currency currency, FieldErrors errors)
    {
        if (text is null) return null;
        if (Money.TryParse(text, currency, out var amount) == AmountError.None) return amount.Minor;
        errors.Add(field, "A plain decimal number such as 125.50.");
        return null;
    }
}
