namespace PayFlow.Web.Wallet.Accounts;

/// <summary>What an account held at an instant, as a decimal string.</summary>
/// <param name="EntrySeq">How many entries it had by then; 0 before anything had happened in it.</param>
public sealed record PastBalance(string Balance, string Currency, long EntrySeq);
