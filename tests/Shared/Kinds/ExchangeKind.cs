using System.Text.Json;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Tests.Kinds;

/// <summary>An amount in one currency for an amount in another: four lines in one leg, through <c>fx</c>.</summary>
/// <param name="fx">The ledger's own account for exchanges in a currency.</param>
public sealed class ExchangeKind(Func<string, Guid> fx) : TransactionKind
{
    /// <param name="Credited">What the payee gets, in <paramref name="Currency"/>.</param>
    public sealed record Quote(string Credited, string Currency);

    public override string Type => "exchange";

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    )
    {
        var currency = terms.Amount.Currency;
        return new LegCommand.Posting(
            new PostingRequested(
                terms.TenantId,
                terms.Id,
                position.Leg,
                terms.From,
                [
                    .. Moves(terms)
                        .Select(entry => new PostingLine(
                            new AccountId(entry.Account),
                            entry.Amount.ToString(),
                            Currency: entry.Amount.Currency == currency ? null : entry.Amount.Currency.Code
                        )),
                ],
                currency.Code,
                terms.CreatedAt,
                terms.ExpiresAt,
                askedAgainAt
            )
        );
    }

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.ApplyToOnePosting(state, message, now);

    public override IReadOnlyList<PostedEntry> Moves(in TransactionTerms terms)
    {
        var quote = JsonSerializer.Deserialize<Quote>(terms.Details!, JsonSerializerOptions.Web)!;
        var credited = Money.Parse(quote.Credited, quote.Currency);
        return
        [
            new PostedEntry(terms.From.Value, -terms.Amount),
            new PostedEntry(fx(terms.Amount.Currency.Code), terms.Amount),
            new PostedEntry(fx(quote.Currency), -credited),
            new PostedEntry(terms.To.Value, credited),
        ];
    }

    public override IReadOnlyList<Notice>? Notices(TransactionFacts facts, FailureReason? failure) => [];
}
