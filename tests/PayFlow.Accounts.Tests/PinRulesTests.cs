using Microsoft.Extensions.Time.Testing;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Tests;

/// <summary>
/// A payment PIN is short, so those that are tried first are refused, and its hash needs a key that no database holds.
/// </summary>
public sealed class PinRulesTests
{
    [Theory]
    [InlineData("2468")]
    [InlineData("7392")]
    [InlineData("80413")]
    [InlineData("394857")]
    public void Four_to_six_digits_make_one(string pin) => Assert.Null(PinRules.Objection(pin));

    [Theory]
    [InlineData("")]
    [InlineData("739")]
    [InlineData("7392840")]
    [InlineData("73a2")]
    [InlineData("७३९२")]
    [InlineData("0000")]
    [InlineData("777777")]
    [InlineData("1234")]
    [InlineData("6543")]
    [InlineData("123456")]
    [InlineData("1212")]
    [InlineData("123123")]
    [InlineData("1122")]
    [InlineData("2580")]
    [InlineData("112233")]
    public void What_is_no_PIN_or_is_tried_first_is_refused(string pin) => Assert.NotNull(PinRules.Objection(pin));

    [Fact]
    public async Task A_PIN_is_compared_by_owner_and_key()
    {
        var clock = new FakeTimeProvider();
        using var hashing = new PasswordHashing(new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 4 }), clock);
        var (user, pins) = (UserId.New(clock).Value, Pins('k'));
        var hash = await pins.HashAsync(user, "2468");
        Assert.Equal(
            Microsoft.AspNetCore.Identity.PasswordVerificationResult.Success,
            await pins.VerifyAsync(user, hash, "2468")
        );
        Assert.Equal(
            Microsoft.AspNetCore.Identity.PasswordVerificationResult.Failed,
            await pins.VerifyAsync(user, hash, "2469")
        );
        Assert.Equal(
            Microsoft.AspNetCore.Identity.PasswordVerificationResult.Failed,
            await pins.VerifyAsync(UserId.New(clock).Value, hash, "2468")
        );
        Assert.Equal(
            Microsoft.AspNetCore.Identity.PasswordVerificationResult.Failed,
            await Pins('x').VerifyAsync(user, hash, "2468")
        );

        PaymentPins Pins(char key) => new(hashing, new SecretCipher(new string(key, 32)));
    }
}
