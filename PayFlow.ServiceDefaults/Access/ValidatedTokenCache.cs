using System.Collections.Concurrent;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// Caches valid tokens, so that a signature is checked once. Revocation is checked with every request. The cache key is
/// the signed part of the token: a second valid signature can be computed from the first, so a different signature is
/// checked again.
/// </summary>
internal sealed class ValidatedTokenCache(TimeProvider clock)
{
    private const int Limit = 20_000;

    private readonly ConcurrentDictionary<string, (string Signature, ValidatedToken Verdict)> _verdicts = new(
        StringComparer.Ordinal
    );

    internal int Count => _verdicts.Count;

    public ValidatedToken? Find(string token)
    {
        var end = token.LastIndexOf('.');
        var verdicts = _verdicts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (
            end < 0
            || !verdicts.TryGetValue(token.AsSpan(0, end), out var kept)
            || !token.AsSpan(end + 1).SequenceEqual(kept.Signature)
        )
            return null;
        if (kept.Verdict.ExpiresAt > clock.GetUtcNow())
            return kept.Verdict;
        verdicts.TryRemove(token.AsSpan(0, end), out _);
        return null;
    }

    /// <param name="token">A good one.</param>
    public void Keep(string token, ValidatedToken verdict)
    {
        // Bounded by clearing: a returning token is checked again.
        if (_verdicts.Count >= Limit)
            _verdicts.Clear();
        var end = token.LastIndexOf('.');
        _verdicts[token[..end]] = (token[(end + 1)..], verdict);
    }
}
