namespace PayFlow.Accounts.Identity;

/// <summary>Which key is due when; nothing here reads a clock or a database.</summary>
/// <param name="Lifetime">How long a key signs.</param>
/// <param name="TokenLifetime">How long its longest token is good for.</param>
public sealed record KeySchedule(TimeSpan Lifetime, TimeSpan TokenLifetime)
{
    /// <summary>A key is published this long before it signs: longer than anybody keeps an older set.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMinutes(15);

    // Clocks differ a little.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <returns>Null while the keys there are suffice.</returns>
    public KeyTimes? Next(IReadOnlyCollection<KeyTimes> keys, DateTimeOffset now)
    {
        if (keys.MaxBy(key => key.Number) is not { } latest)
            return new KeyTimes(1, now, now + Lifetime);
        if (now < latest.SignsUntil - Lead)
            return null;
        // After a long sleep there is nobody to give notice to: tokens of the old key have all expired.
        var from = latest.SignsUntil > now ? latest.SignsUntil : now;
        return new KeyTimes(latest.Number + 1, from, from + Lifetime);
    }

    public static bool Signs(KeyTimes key, IEnumerable<KeyTimes> keys, DateTimeOffset now) =>
        key == keys.Where(one => one.SignsFrom <= now).MaxBy(one => one.Number);

    public bool IsPublished(KeyTimes key, DateTimeOffset now) => now < key.SignsUntil + TokenLifetime + Slack;
}
