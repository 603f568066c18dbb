using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class AccountNumberTests
{
    [Fact]
    public void A_new_number_has_twelve_digits_the_first_1_and_is_valid()
    {
        for (var i = 0; i < 100; i++)
        {
            var number = AccountNumber.NewRandom().Digits;
            Assert.Matches("^1[0-9]{11}$", number);
            Assert.True(AccountNumber.TryParse(number, out _));
        }
    }

    [Fact]
    public void Every_single_wrong_digit_and_every_swap_of_neighbours_is_noticed()
    {
        var number = AccountNumber.NewRandom().Digits;
        for (var i = 1; i < number.Length; i++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var wrong = number.ToCharArray();
                if (wrong[i] == digit)
                    continue;
                wrong[i] = digit;
                Assert.False(AccountNumber.TryParse(new string(wrong), out _));
            }

            var swapped = number.ToCharArray();
            (swapped[i - 1], swapped[i]) = (swapped[i], swapped[i - 1]);
            Assert.Equal(number[i - 1] == number[i], AccountNumber.TryParse(new string(swapped), out _));
        }
    }

    [Fact]
    public void Others_see_the_last_four_digits_only() => Assert.Equal("•••• 4321", AccountNumber.Mask("123456784321"));
}
