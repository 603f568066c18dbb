using Microsoft.AspNetCore.Identity;
using PayFlow.Accounts.Identity;

namespace PayFlow.Accounts.Tests;

/// <summary>
/// What NIST SP 800-63B asks of passwords: length, nothing common, nothing of one's own, and no rules of composition.
/// </summary>
public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("payflow-demo-1")]
    [InlineData("zxvmkwqe")]
    [InlineData("नमस्ते दुनिया")]
    [InlineData("🦄🐘🦊🐢🐙🦉🐝🦋")]
    public void Any_characters_may_make_one(string password) =>
        Assert.Null(PasswordRules.Objection(password, "asha@payflow.example", "Asha Rao", "asha"));

    [Theory]
    [InlineData("")]
    [InlineData("short-1")]
    [InlineData("🦄🐘🦊🐢")]
    [InlineData("password")]
    [InlineData("PassWord1")]
    [InlineData("iloveyou")]
    [InlineData("qwertyuiop")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("payflow2026!")]
    [InlineData("Asha Rao")]
    [InlineData("asha-rao-1990")]
    [InlineData("asha@payflow.example")]
    [InlineData("12asha34")]
    public void What_is_short_common_or_ones_own_is_refused(string password) =>
        Assert.NotNull(PasswordRules.Objection(password, "asha@payflow.example", "Asha Rao", "asha"));

    [Fact]
    public void The_length_is_counted_in_characters_and_has_an_end()
    {
        var words = string.Concat(Enumerable.Range(0, 128).Select(i => (char)('a' + (i * 7 % 26))));
        Assert.Null(PasswordRules.Objection(words));
        Assert.NotNull(PasswordRules.Objection(words + "x"));
    }

    [Fact]
    public void One_password_typed_on_two_keyboards_is_one_password()
    {
        var hasher = new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 4 });
        Assert.Equal(
            PasswordVerificationResult.Success,
            hasher.Verify(hasher.Hash("cafe\u0301 \ufb01x rapide"), "caf\u00e9 fix rapide")
        );
    }

    [Fact]
    public void A_hash_of_another_work_factor_is_good_but_due_and_no_character_of_a_long_one_is_cut_off()
    {
        var hasher = new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 5 });
        var words = string.Concat(Enumerable.Repeat("a long sentence ", 6));
        Assert.Equal(PasswordVerificationResult.SuccessRehashNeeded, hasher.Verify(BCryptHasher.Hash(words, 4), words));
        Assert.Equal(PasswordVerificationResult.Failed, hasher.Verify(BCryptHasher.Hash(words, 5), words + "!"));
        Assert.NotEqual(hasher.Hash(words), hasher.Hash(words));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    public void A_comparison_costs_the_same_whatever_the_hash_s_work_factor_and_right_or_wrong(int factor)
    {
        var hasher = new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 7 });
        hasher.Meet(9);
        var hash = BCryptHasher.Hash("a long sentence", factor);
        foreach (var password in new[] { "a long sentence", "another sentence" })
        {
            var before = hasher.Rounds;
            hasher.Verify(hash, password);
            Assert.Equal(512, hasher.Rounds - before);
        }
    }

    [Fact]
    public async Task A_user_that_does_not_exist_costs_what_one_of_an_old_work_factor_does()
    {
        var hasher = new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 7 });
        using var hashing = new PasswordHashing(hasher, TimeProvider.System);
        var old = BCryptHasher.Hash("a long sentence", 9);
        await hashing.VerifyAsync(old, "a long sentence");
        foreach (var hash in new[] { null, old, BCryptHasher.Hash("a long sentence", 5) })
        {
            var before = hasher.Rounds;
            await hashing.VerifyAsync(hash, "a long sentence");
            Assert.Equal(512, hasher.Rounds - before);
        }
    }
}
