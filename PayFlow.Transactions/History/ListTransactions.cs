using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Times;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.History;

/// <summary>
/// <c>GET /transactions</c> and <c>GET /transactions/account/{id}</c>: history, newest first, a page at a time; one's
/// own, or for staff anybody's.
/// </summary>
public static class ListTransactions
{
    private const int MaxAccounts = 200;

    /// <param name="Account">
    /// Only what this account pays or receives, otherwise all of one's accounts; a payment that has not arrived is the
    /// payer's alone.
    /// </param>
    /// <param name="Type">Only those of this kind, such as <c>transfer</c> or <c>refund</c>.</param>
    /// <param name="Currency">Only what was paid in this currency.</param>
    /// <param name="From">An inclusive instant, or the first day.</param>
    /// <param name="To">An exclusive instant, or the last day. Days are those of the account's time zone.</param>
    /// <param name="Min">
    /// The smallest amount, in the currency of the account or in the one that is named. Where all of one's accounts
    /// have one currency, it needs neither.
    /// </param>
    /// <param name="Max">The largest amount, likewise.</param>
    /// <param name="Q">Text within note, names, handles and reference, any case and spelling; needs an account.</param>
    public sealed record Query(
        AccountId? Account = null,
        [property: Words(typeof(TransactionStatus))] string? Status = null,
        string? Type = null,
        string? Currency = null,
        TimeText? From = null,
        TimeText? To = null,
        string? Min = null,
        string? Max = null,
        string? Q = null,
        string? ExternalReference = null,
        string? Cursor = null,
        int Limit = Cursor.DefaultLimit
    );

    /// <summary>The query, read: what the rows must fulfil.</summary>
    internal sealed record Filter(
        DateTimeOffset? From,
        DateTimeOffset? To,
        long? Min,
        long? Max,
        string? Words,
        (DateTimeOffset CreatedAt, Guid Id)? After
    );

    /// <summary>What a list is read from.</summary>
    public sealed record Sources(TransactionsDbContext Db, AccountDirectory Directory, TransactionKinds Kinds);

    public static async Task<Results<Ok<Page<TransactionResponse>>, ProblemHttpResult>> OfAccountAsync(
        AccountId accountId,
        [AsParameters] Query query,
        Caller caller,
        [AsParameters] Sources sources,
        CancellationToken cancellationToken
    )
    {
        if (query.Account is { } other && other != accountId)
            return Problem.Invalid("account", "Must be left out, because the path names the account.");
        return await HandleAsync(query with { Account = accountId }, caller, sources, cancellationToken);
    }

    public static async Task<Results<Ok<Page<TransactionResponse>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query,
        Caller caller,
        [AsParameters] Sources sources,
        CancellationToken cancellationToken
    )
    {
        // One's own list is that of one's accounts: what they paid and received is found by account.
        var accounts = new List<Listed>();
        if (query.Account is { } account)
        {
            var answer = await sources.Directory.FindAsync(caller.Tenant, account, cancellationToken);
            if (answer.Unreachable)
                return Problem.Of(
                    ProblemCodes.Unavailable,
                    "The account look-up is unavailable. Try again in a moment."
                );
            if (answer.Entry is null || !caller.MayRead(answer.Entry.OwnerId))
                return Problem.Of(ProblemCodes.AccountNotFound, "Check the id.");
            accounts.Add(new Listed(account.Value, answer.Entry.Currency, answer.Entry.TimeZone));
        }
        else if (!caller.ReadsAll)
        {
            // Accounts bounds how many a person opens. Of those who opened more before, open ones come first.
            accounts = await sources
                .Db.Directory.Where(row => row.OwnerId == caller.PartyId.Value)
                .OrderBy(row => row.Status == "closed")
                .ThenByDescending(row => row.AccountId)
                .Take(MaxAccounts)
                .Select(row => new Listed(row.AccountId, row.Currency, row.TimeZone))
                .ToListAsync(cancellationToken);
        }

        var list = string.Create(
            CultureInfo.InvariantCulture,
            $"transactions {query.Account}|{query.Status}|{query.Type}|{query.Currency}|{query.From}|{query.To}"
                + $"|{query.Min}|{query.Max}|{query.ExternalReference?.Length}:{query.ExternalReference}|{query.Q}"
        );
        if (Read(query, accounts, list, sources.Kinds, out var filter) is { } problem)
            return problem;
        if (accounts.Count == 0 && !caller.ReadsAll)
            return TypedResults.Ok(new Page<TransactionResponse>([], null));
        var rows = await Select(query, filter, [.. accounts.Select(one => one.Id)], sources)
            .ToListAsync(cancellationToken);
        var items = rows.Take(query.Limit)
            .Select(row => TransactionResponse.From(row, sources.Kinds, withTimeline: false))
            .ToList();
        return TypedResults.Ok(
            new Page<TransactionResponse>(
                items,
                rows.Count > query.Limit ? Cursor.Write(list, Position(rows[query.Limit - 1])) : null
            )
        );
    }

    /// <summary>An account whose transactions are listed.</summary>
    private sealed record Listed(Guid Id, string Currency, string TimeZone);

    /// <param name="accounts">None where all of everybody's are listed.</param>
    private static ProblemHttpResult? Read(
        Query query,
        List<Listed> accounts,
        string list,
        TransactionKinds kinds,
        out Filter filter
    )
    {
        filter = new Filter(null, null, null, null, null, null);
        var errors = new FieldErrors()
            .AddIf(query.Limit is < 1 or > Cursor.MaxLimit, "limit", $"Must be from 1 to {Cursor.MaxLimit}.")
            .AddIf(
                query.Status is not (null or "pending" or "completed" or "failed"),
                "status",
                "Must be pending, completed or failed."
            )
            .AddIf(
                query.Type is { } type && kinds.Find(type) is null,
                "type",
                $"Must be {string.Join(" or ", kinds.Types)}."
            )
            .AddIf(
                query.Q is { } text && (query.Account is null || text.Length is 0 or > 100),
                "q",
                "Must have 1 to 100 characters, and needs the parameter account."
            )
            .AddIf(
                query.ExternalReference is { Length: > 100 },
                "externalReference",
                "Must have at most 100 characters."
            );
        var zone = ZoneOf(query, accounts, errors);
        var (from, to) = (query.From?.ReadStart("from", zone, errors), query.To?.ReadEnd("to", zone, errors));
        var currency = CurrencyOf(query, accounts, errors);
        var (min, max) = (Amount(query.Min, "min", currency, errors), Amount(query.Max, "max", currency, errors));
        if (errors.Any)
            return errors.ToProblem();
        (DateTimeOffset, Guid)? after = null;
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, list, out var position) || TryReadPosition(position) is not { } read)
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            after = read;
        }

        filter = new Filter(from, to, min, max, query.Q, after);
        return null;
    }

    /// <param name="accounts">Whose transactions; all where there is none.</param>
    internal static IQueryable<TransactionRow> Select(Query query, Filter filter, Guid[] accounts, Sources sources)
    {
        var db = sources.Db;
        var all = db.Transactions.AsNoTracking();
        if (query.Status is { } status)
            all = all.Where(row => row.Status == status);
        if (query.Type is { } type)
            all = all.Where(row => row.Type == type);
        else if (sources.Kinds.Unlisted is { Length: > 0 } unlisted)
            all = all.Where(row => !unlisted.Contains(row.Type));
        if (filter.From is { } from)
            all = all.Where(row => row.CreatedAt >= from);
        if (filter.To is { } to)
            all = all.Where(row => row.CreatedAt < to);
        if (filter.Min is { } min)
            all = all.Where(row => row.Amount >= min);
        if (filter.Max is { } max)
            all = all.Where(row => row.Amount <= max);
        if (query.ExternalReference is { } reference)
            all = all.Where(row => row.ExternalReference == reference);
        if (query.Currency is { } currency)
            all = all.Where(row => row.Currency == currency);
        if (filter.Words is { } words)
        {
            // Nobody can write the line breaks that keep one text apart from the next.
            all = all.Where(row =>
                TransactionsDbContext
                    .Fold(
                        row.Note
                            + "\n"
                            + row.FromName
                            + "\n"
                            + row.ToName
                            + "\n"
                            + row.FromHandle
                            + "\n"
                            + row.ToHandle
                            + "\n"
                            + row.ExternalReference
                    )
                    .Contains(TransactionsDbContext.Fold(words))
            );
        }

        if (filter.After is { } after)
            all = all.Where(row =>
                EF.Functions.LessThan(
                    ValueTuple.Create(row.CreatedAt, row.Id),
                    ValueTuple.Create(after.CreatedAt, after.Id)
                )
            );
        if (accounts.Length == 0)
            return Newest(all, query.Limit);
        // For each account two index scans that each stop after a page; "paid or received" in one condition would read
        // and sort the whole history. One statement of one shape: closed accounts count too, and nothing bounds how
        // many a person has had. What one account of a list paid another of it is found where it was paid.
        var sides = db
            .Database.SqlQuery<Guid>($"select unnest({accounts}) as \"Value\"")
            .SelectMany(account =>
                all.Where(row => row.FromAccount == account)
                    .OrderByDescending(row => row.CreatedAt)
                    .ThenByDescending(row => row.Id)
                    .Take(query.Limit + 1)
                    .Concat(
                        all.Where(row =>
                                row.ToAccount == account
                                && row.Status == "completed"
                                && !accounts.Contains(row.FromAccount)
                            )
                            .OrderByDescending(row => row.CreatedAt)
                            .ThenByDescending(row => row.Id)
                            .Take(query.Limit + 1)
                    )
            );
        return Newest(sides, query.Limit);
    }

    private static IQueryable<TransactionRow> Newest(IQueryable<TransactionRow> rows, int limit) =>
        rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(limit + 1);

    private static string Position(TransactionRow row) =>
        FormattableString.Invariant($"{row.CreatedAt.UtcTicks}/{row.Id}");

    private static (DateTimeOffset, Guid)? TryReadPosition(string position) =>
        position.Split('/') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at <= DateTimeOffset.MaxValue.Ticks
        && Guid.TryParse(id, out var last)
            ? (new DateTimeOffset(at, TimeSpan.Zero), last)
            : null;

    /// <summary>Where a day is given, it is the account's, or the one that all of one's accounts share.</summary>
    private static TimeZoneInfo ZoneOf(Query query, List<Listed> accounts, FieldErrors errors)
    {
        var zones = accounts.Select(account => account.TimeZone).Distinct(StringComparer.Ordinal).ToList();
        if (zones.Count == 1)
            return AccountCalendar.Zone(zones[0]);
        foreach (var (field, time) in new[] { ("from", query.From), ("to", query.To) })
        {
            errors.AddIf(
                time is { IsDay: true },
                field,
                "A day begins elsewhere in each time zone: name the account, or give an instant with its offset."
            );
        }

        return TimeZoneInfo.Utc;
    }

    /// <summary>What the amounts are in: 100 yen are no 100 rupees, so it is never guessed.</summary>
    private static Currency CurrencyOf(Query query, List<Listed> accounts, FieldErrors errors)
    {
        if (query.Currency is not null)
        {
            errors.AddIf(
                !Currency.TryParse(query.Currency, out var named),
                "currency",
                "Must be an ISO 4217 code such as INR."
            );
            return named.Code is null ? Currency.Inr : named;
        }

        var codes = accounts.Select(account => account.Currency).Distinct(StringComparer.Ordinal).ToList();
        if (codes.Count == 1)
            return Currency.Parse(codes[0]);
        foreach (var (field, amount) in new[] { ("min", query.Min), ("max", query.Max) })
        {
            errors.AddIf(
                amount is not null,
                field,
                "Needs the parameter currency or account, because amounts in different currencies do not compare."
            );
        }

        return Currency.Inr;
    }

    private static long? Amount(string? text, string field, Currency currency, FieldErrors errors)
    {
        if (text is null)
            return null;
        var error = Money.TryParse(text, currency, out var amount);
        errors.AddIf(field, error.Objection(currency));
        return error == AmountError.None ? amount.Minor : null;
    }
}
