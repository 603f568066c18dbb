using System.Collections.Frozen;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>All kinds of transactions by their type.</summary>
/// <exception cref="ArgumentException">Two kinds have one type.</exception>
public sealed class TransactionKinds(IEnumerable<TransactionKind> kinds)
{
    private readonly FrozenDictionary<string, TransactionKind> _byType = kinds
        .ToDictionary(kind => kind.Type, StringComparer.Ordinal)
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The types in the order of the alphabet.</summary>
    public IReadOnlyList<string> Types => field ??= [.. _byType.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The types that are no part of the activity.</summary>
    public string[] Unlisted => field ??= [.. _byType.Values.Where(kind => !kind.IsListed).Select(kind => kind.Type)];

    /// <returns>Null for an unknown type: a newer version wrote the row, or somebody changed it.</returns>
    public TransactionKind? Find(string type) => _byType.GetValueOrDefault(type);
}
