namespace PayFlow.Transactions.Payees;

/// <summary>What a look-up ended with: an entry, none, or that nobody could be asked.</summary>
public readonly record struct DirectoryAnswer(DirectoryEntry? Entry, bool Unreachable = false)
{
    public static readonly DirectoryAnswer None;
    public static readonly DirectoryAnswer NobodyToAsk = new(null, true);
}
