using System.Collections.Concurrent;
using System.Security.Claims;

namespace PayFlow.ServiceDefaults.Access;

/// <param name="ExpiresAt">When the token does.</param>
internal sealed record AccessVerdict(ClaimsPrincipal User, Caller Caller, DateTimeOffset ExpiresAt);

/// <summary>
/// Tokens that were found good, so that a signature is checked once and not with every request. Whether the session was revoked
/// is asked each time.
/// </summary>
internal sealed class AccessVerdicts(TimeProvider clock)
{
    private const int Limit = 20_000;

    private readonly ConcurrentDictionary<string, AccessVerdict> _verdicts = new(StringComparer.Ordinal);

    public AccessVerdict? Find(string token)
    {
        if (!_verdicts.TryGetValue(token, out var verdict)) return null;
        if (verdict.ExpiresAt > clock.GetUtcNow()) return verdict;
        _verdicts.TryRemove(token, out _);
        return null;
    }

    public void Keep(string token, AccessVerdict verdict)
    {
        // Bounded the simple way: who comes again is checked again.
        if (_verdicts.Count >= Limit) _verdicts.Clear();
        _verdicts[token] = verdict;
    }
}
