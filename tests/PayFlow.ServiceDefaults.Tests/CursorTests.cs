using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Paging;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class CursorTests
{
    [Fact]
    public void A_cursor_gives_its_position_back_to_the_list_it_was_made_for()
    {
        var cursor = Cursor.Write("account=1", "42");
        Assert.True(Cursor.TryRead(cursor, "account=1", out var position));
        Assert.Equal("42", position);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("e30")]
    [InlineData("bnVsbA")]
    [InlineData("")]
    public void A_damaged_cursor_is_refused(string cursor) => Assert.False(Cursor.TryRead(cursor, "account=1", out _));

    [Fact]
    public void A_cursor_of_another_list_is_refused() =>
        Assert.False(Cursor.TryRead(Cursor.Write("account=1", "42"), "account=2", out _));

    [Fact]
    public void Fingerprints_tell_apart_what_runs_together_and_null_from_empty()
    {
        Assert.NotEqual(IdempotencyKey.Fingerprint("ab", "c"), IdempotencyKey.Fingerprint("a", "bc"));
        Assert.NotEqual(IdempotencyKey.Fingerprint(null, "a"), IdempotencyKey.Fingerprint("", "a"));
        Assert.Equal(IdempotencyKey.Fingerprint("a", null), IdempotencyKey.Fingerprint("a", null));
    }
}
