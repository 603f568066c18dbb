using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Tests;

/// <summary>
/// Keys follow each other without a gap: at every moment one signs, and whatever it signed can be checked until it
/// expires.
/// </summary>
public sealed class KeyScheduleTests
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly KeySchedule _schedule = new(TimeSpan.FromDays(30), TokenLifetime);
    private readonly List<KeyTimes> _keys = [];

    [Fact]
    public void Every_token_of_a_hundred_days_can_be_checked_until_it_expires_by_those_who_read_the_keys_minutes_ago()
    {
        var read = new List<(DateTimeOffset At, KeyTimes[] Published)>();
        for (var minute = 0; minute < 100 * 24 * 60; minute++)
        {
            Look();
            read.Add((_clock.GetUtcNow(), [.. _keys.Where(key => _schedule.IsPublished(key, _clock.GetUtcNow()))]));
            if (read.Count > 11)
                read.RemoveAt(0);
            var signer = Signer();
            // Read up to ten minutes ago, and asked until the token ends.
            if (minute > 10)
                Assert.All(read, reading => Assert.Contains(signer, reading.Published));
            Assert.True(_schedule.IsPublished(signer, _clock.GetUtcNow() + TokenLifetime));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([1, 2, 3, 4], _keys.Select(key => key.Number));
        Assert.False(_schedule.IsPublished(_keys[0], _clock.GetUtcNow()));
    }

    [Fact]
    public void After_a_long_sleep_a_new_key_signs_at_once()
    {
        Look();
        _clock.Advance(TimeSpan.FromDays(45));
        Look();
        Assert.Equal((2, _clock.GetUtcNow()), (Signer().Number, Signer().SignsFrom));
    }

    [Fact]
    public void Replicas_that_look_at_once_make_the_same_key_and_a_later_one_makes_none()
    {
        Look();
        _clock.Advance(TimeSpan.FromDays(30) - KeySchedule.Lead);
        var (one, other) = (
            _schedule.Next(_keys, _clock.GetUtcNow()),
            _schedule.Next(_keys, _clock.GetUtcNow().AddSeconds(1))
        );
        Assert.NotNull(one);
        Assert.Equal(one, other);
        Look();
        Assert.Null(_schedule.Next(_keys, _clock.GetUtcNow()));
        Assert.Equal(1, Signer().Number);
    }

    [Fact]
    public void What_is_encrypted_opens_with_the_same_key_for_the_same_row_and_purpose_only()
    {
        var cipher = new SecretCipher(new string('k', 32));
        var row = UserId.New(_clock).Value;
        var all = cipher.Encrypt("signing key", row, "secret"u8);
        Assert.Equal("secret"u8, cipher.Decrypt("signing key", row, all));
        Assert.False(all.AsSpan().IndexOf("secret"u8) >= 0);
        Assert.ThrowsAny<CryptographicException>(() => cipher.Decrypt("signing key", UserId.New(_clock).Value, all));
        Assert.ThrowsAny<CryptographicException>(() => cipher.Decrypt("one-time password", row, all));
        Assert.ThrowsAny<CryptographicException>(() =>
            new SecretCipher(new string('x', 32)).Decrypt("signing key", row, all)
        );
    }

    private KeyTimes Signer() => _keys.Single(key => KeySchedule.Signs(key, _keys, _clock.GetUtcNow()));

    private void Look()
    {
        if (_schedule.Next(_keys, _clock.GetUtcNow()) is { } due)
            _keys.Add(due);
    }
}
