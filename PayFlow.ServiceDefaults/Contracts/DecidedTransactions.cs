namespace PayFlow.ServiceDefaults.Contracts;

/// <param name="Items">By time and id, without repetition, as many as were asked for at most.</param>
/// <param name="Through">
/// These are all up to this instant, and no earlier one can still appear. Null where there are more than were asked
/// for.
/// </param>
public sealed record DecidedTransactions(IReadOnlyList<DecidedTransaction> Items, DateTimeOffset? Through);
