using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What the ledger is asked for: one leg of a transaction.</summary>
public abstract record LegCommand
{
    /// <param name="traceParent">The cause's trace context; unless given, the current activity's.</param>
    public abstract void PublishTo(UnitOfWork work, string? traceParent = null);

    /// <summary>An amount from one account to another: the ledger answers with a debit and a credit.</summary>
    public sealed record Transfer(TransactionInitiated Event) : LegCommand
    {
        /// <summary>The amount from the payer to the payee, in one leg.</summary>
        public static Transfer Of(in TransactionTerms terms, DateTimeOffset? askedAgainAt) =>
            new(
                new TransactionInitiated(
                    terms.TenantId,
                    terms.Id,
                    terms.From,
                    terms.To,
                    terms.Amount.ToString(),
                    terms.Amount.Currency.Code,
                    terms.CreatedAt,
                    terms.ExpiresAt!.Value,
                    askedAgainAt
                )
            );

        public override void PublishTo(UnitOfWork work, string? traceParent = null) => work.Publish(Event, traceParent);
    }

    /// <summary>Any lines that sum to zero in each currency: the ledger answers with one posting.</summary>
    public sealed record Posting(PostingRequested Event) : LegCommand
    {
        /// <summary>Lines in the currency of the terms. Only a first leg expires.</summary>
        public static Posting Of(
            in TransactionTerms terms,
            short leg,
            IReadOnlyList<PostingLine> lines,
            DateTimeOffset? askedAgainAt
        ) =>
            new(
                new PostingRequested(
                    terms.TenantId,
                    terms.Id,
                    leg,
                    terms.From,
                    lines,
                    terms.Amount.Currency.Code,
                    terms.CreatedAt,
                    leg == 1 ? terms.ExpiresAt : null,
                    askedAgainAt
                )
            );

        public override void PublishTo(UnitOfWork work, string? traceParent = null) => work.Publish(Event, traceParent);
    }
}
