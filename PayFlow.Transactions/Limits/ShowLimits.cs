using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Times;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.Limits;

/// <summary>
/// <c>GET /limits</c>: how much the caller may still send from each of their open accounts, or from the one under
/// <c>account</c>.
/// </summary>
public static class ShowLimits
{
    /// <summary>One of the three limits.</summary>
    /// <param name="Amount">The most that may be sent. A decimal text.</param>
    /// <param name="Used">
    /// Null for the limit per transaction, which is not used up; so is <paramref name="ResetsAt"/>.
    /// </param>
    /// <param name="ResetsAt">With the offset of the account's time zone.</param>
    public sealed record Limit(string Amount, string? Used, string Left, DateTimeOffset? ResetsAt);

    /// <param name="ConfirmAbove">
    /// A payment of more than this needs a confirmation now, as the first one to a payee does: the configured amount,
    /// less what went without a confirmation on this day.
    /// </param>
    /// <param name="KnowsPayee">
    /// Whether the payee under <c>to</c> was paid with a confirmation before and within the last 180 days, so that only
    /// an amount needs one. Null without <c>to</c>.
    /// </param>
    public sealed record AccountLimits(
        AccountId AccountId,
        string Currency,
        string TimeZone,
        Limit Transaction,
        Limit Day,
        Limit Month,
        string ConfirmAbove,
        bool? KnowsPayee
    );

    public sealed record Response(IReadOnlyList<AccountLimits> Items);

    public sealed record Services(
        AccountDirectory Directory,
        LimitRules Rules,
        TransactionsDbContext Db,
        TimeProvider Clock
    );

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken,
        AccountId? account = null,
        AccountId? to = null
    )
    {
        var accounts = new List<DirectoryEntry>();
        if (account is { } id)
        {
            var answer = await services.Directory.FindAsync(caller.Tenant, id, cancellationToken);
            if (answer.Unreachable)
                return Problem.Of(
                    ProblemCodes.Unavailable,
                    "The account look-up is unavailable. Try again in a moment."
                );
            // Limits are of the caller: the token says nothing about other people.
            if (answer.Entry is not { } mine || !caller.Owns(mine.OwnerId))
                return Problem.Of(ProblemCodes.AccountNotFound, "Check the id.");
            accounts.Add(mine);
        }
        else
        {
            var rows = await services
                .Db.Directory.AsNoTracking()
                .Where(row => row.OwnerId == caller.PartyId.Value && row.Status != "closed")
                .OrderBy(row => row.AccountId)
                .ToListAsync(cancellationToken);
            accounts.AddRange(
                rows.Select(row => new DirectoryEntry(
                    new AccountId(row.AccountId),
                    new PartyId(row.OwnerId),
                    row.HolderName,
                    row.Handle,
                    row.Currency,
                    row.TimeZone
                )
                {
                    Tenant = caller.Tenant,
                })
            );
        }

        bool? knowsPayee = null;
        if (to is { } payeeId)
        {
            var payee = await services.Directory.FindAsync(caller.Tenant, payeeId, cancellationToken);
            if (payee.Unreachable)
                return Problem.Of(ProblemCodes.Unavailable, "The payee look-up is unavailable. Try again in a moment.");
            if (payee.Entry is not { } found)
                return Problem.Of(ProblemCodes.AccountNotFound, "Check the payee's account id in the parameter to.");
            var since = services.Clock.GetUtcNow() - KnownPayees.KnownFor;
            knowsPayee =
                caller.Owns(found.OwnerId)
                || await services.Db.KnownPayees.AnyAsync(
                    row =>
                        row.PayerId == caller.PartyId.Value
                        && row.PayeeId == found.OwnerId.Value
                        && row.LastPaidAt > since,
                    cancellationToken
                );
        }

        var stored = await services
            .Db.LimitUsage.AsNoTracking()
            .Where(row => row.PartyId == caller.PartyId.Value)
            .ToDictionaryAsync(
                row => row.Currency,
                row => new LimitUsage(row.Day, row.DayUsed, row.MonthUsed, row.DayUnconfirmed),
                StringComparer.Ordinal,
                cancellationToken
            );
        return TypedResults.Ok(
            new Response([.. accounts.Select(one => Of(one, stored.GetValueOrDefault(one.Currency)))])
        );

        AccountLimits Of(DirectoryEntry entry, LimitUsage counted)
        {
            var currency = Currency.Parse(entry.Currency);
            var rule = services.Rules.Of(caller, currency);
            var usage = counted.On(AccountCalendar.DayOf(services.Clock.GetUtcNow(), entry.Zone));
            return new AccountLimits(
                entry.AccountId,
                entry.Currency,
                entry.TimeZone,
                new Limit(
                    Money.Format(rule.Limits.Transaction, currency),
                    null,
                    Money.Format(rule.Limits.Transaction, currency),
                    null
                ),
                Periodic(LimitPeriod.Day, rule.Limits.Day, usage.OfDay),
                Periodic(LimitPeriod.Month, rule.Limits.Month, usage.OfMonth),
                Money.Format(LimitPolicy.Left(rule.ConfirmAbove, usage.Unconfirmed), currency),
                knowsPayee
            );

            Limit Periodic(LimitPeriod period, long limit, long used) =>
                new(
                    Money.Format(limit, currency),
                    Money.Format(used, currency),
                    Money.Format(LimitPolicy.Left(limit, used), currency),
                    LimitCalendar.ResetOf(period, usage.Day, entry.Zone)
                );
        }
    }
}
