using System.Globalization;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>
/// Whether a record and what the ledger decided agree, as a pure function. The order of <see cref="DifferenceKind"/> is
/// its precedence.
/// </summary>
public static class Comparison
{
    /// <param name="legs">All that the ledger decided on this id; empty where it knows nothing of it.</param>
    /// <returns>
    /// Null where they agree, and for what has not ended: the ledger may be ahead by what is on its way.
    /// </returns>
    public static Difference? Compare(RecordedTransaction? recorded, IReadOnlyCollection<LedgerRecord> legs)
    {
        var net = Net(legs);
        if (recorded is null)
            return Unrecorded(legs, net);
        if (recorded.Status == TransactionStatus.Pending)
            return null;
        var last = legs.SingleOrDefault(leg => leg.Leg == recorded.Leg);
        return recorded.Status == TransactionStatus.Completed
            ? Completed(recorded, last, net)
            : Failed(recorded, last, net);
    }

    private static Difference? Unrecorded(IReadOnlyCollection<LedgerRecord> legs, Dictionary<(Guid, string), long> net)
    {
        if (legs.Count == 0)
            return null;
        return legs.Any(leg => leg.Outcome == LedgerRecord.Posted)
            ? new Difference(
                DifferenceKind.PostingWithoutTransaction,
                $"There is no record; the ledger moved {Text(net)}."
            )
            : new Difference(
                DifferenceKind.RefusalWithoutTransaction,
                $"There is no record; the ledger refused it ({legs.First().Outcome})."
            );
    }

    private static Difference? Completed(
        RecordedTransaction recorded,
        LedgerRecord? last,
        Dictionary<(Guid, string), long> net
    )
    {
        var expected = Expected(recorded);
        if (last is null)
            return new Difference(
                DifferenceKind.CompletedWithoutPosting,
                $"It completed with {Text(expected)}; the ledger does not know it."
            );
        if (last.Outcome != LedgerRecord.Posted)
            return new Difference(
                DifferenceKind.CompletedAndRefused,
                $"It completed with {Text(expected)}; the ledger refused it ({last.Outcome})."
            );
        if (
            expected.Count == net.Count
            && expected.All(side => net.TryGetValue(side.Key, out var moved) && moved == side.Value)
        )
            return null;
        var currencies = expected.Keys.Select(side => side.Currency).ToHashSet(StringComparer.Ordinal);
        var kind =
            !net.Keys.All(side => currencies.Contains(side.Item2)) ? DifferenceKind.CurrencyDiffers
            : !net.Keys.ToHashSet().SetEquals(expected.Keys) ? DifferenceKind.AccountDiffers
            : DifferenceKind.AmountDiffers;
        return new Difference(kind, $"It completed with {Text(expected)}; the ledger moved {Text(net)}.");
    }

    private static Difference? Failed(
        RecordedTransaction recorded,
        LedgerRecord? last,
        Dictionary<(Guid, string), long> net
    )
    {
        var reason = recorded.FailureReason is { } word ? EnumNames.Of(word) : "no reason";
        if (net.Count > 0)
            return new Difference(
                DifferenceKind.FailedAndPosted,
                $"It failed ({reason}); the ledger moved {Text(net)}."
            );
        if (last is null)
            return new Difference(
                DifferenceKind.FailedWithoutDecision,
                $"It failed ({reason}); the ledger does not know it."
            );
        // A last leg that was posted and moved nothing has taken back a hold.
        return last.Outcome == reason || last.Outcome == LedgerRecord.Posted
            ? null
            : new Difference(
                DifferenceKind.ReasonDiffers,
                $"It failed ({reason}); the ledger refused it ({last.Outcome})."
            );
    }

    private static Dictionary<(Guid Account, string Currency), long> Expected(RecordedTransaction recorded)
    {
        // A damaged row may name one account twice.
        if (recorded.Moves is { } moves)
            return moves
                .GroupBy(entry => (entry.Account, entry.Amount.Currency.Code), entry => entry.Amount.Minor)
                .ToDictionary(side => side.Key, side => side.Aggregate(0L, (sum, amount) => unchecked(sum + amount)));
        return new Dictionary<(Guid Account, string Currency), long>
        {
            [(recorded.From, recorded.Currency)] = -recorded.Amount,
            [(recorded.To, recorded.Currency)] = recorded.Amount,
        };
    }

    /// <summary>What moved in all, by account and currency; what came back is nothing.</summary>
    private static Dictionary<(Guid Account, string Currency), long> Net(IEnumerable<LedgerRecord> legs) =>
        legs.SelectMany(leg => leg.Entries)
            .GroupBy(entry => (entry.AccountId, entry.Currency), entry => entry.Amount)
            .Select(side => (side.Key, Sum: side.Aggregate(Int128.Zero, (sum, amount) => sum + amount)))
            .Where(side => side.Sum != 0)
            .ToDictionary(side => side.Key, side => (long)side.Sum);

    private static string Text(Dictionary<(Guid Account, string Currency), long> sides) =>
        sides.Count == 0
            ? "nothing"
            : string.Join(
                ", ",
                sides
                    .OrderBy(side => side.Value)
                    .Select(side =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{side.Value} {side.Key.Currency} on {side.Key.Account}"
                        )
                    )
            );
}
