using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults;

/// <summary>
/// A month in the life of the sample people, for a first look at the product in Development: Accounts posts it, and
/// Transactions records it under the same ids. Amounts are rupees in paise.
/// </summary>
public static class SampleHistory
{
    private const int Asha = 1;
    private const int Vikram = 2;
    private const int Neha = 3;
    private const int ChaiPoint = 4;

    /// <param name="Number">Which makes its id. New ones go to the end of the list with numbers of their own.</param>
    /// <param name="DaysAgo">Before the first start.</param>
    /// <param name="Failure">How the ledger answers it; null where it is posted.</param>
    public sealed record Payment(
        int Number,
        int From,
        int To,
        long Minor,
        string Note,
        int DaysAgo,
        FailureReason? Failure = null
    )
    {
        public TransactionId Id => new(IdOf(4, Number));

        public AccountId Payer => AccountOf(From);

        public AccountId Payee => AccountOf(To);
    }

    /// <summary>What the four have at the end of the month, by number.</summary>
    public static IReadOnlyDictionary<int, long> Balances { get; } =
        new Dictionary<int, long>
        {
            [Asha] = 10_000_00,
            [Vikram] = 5_000_00,
            [Neha] = 7_500_00,
            [ChaiPoint] = 2_500_00,
        };

    /// <summary>In the order of time.</summary>
    public static IReadOnlyList<Payment> Payments { get; } =
    [
        new(1, Asha, Vikram, 3_500_00, "Rent", 30),
        new(2, Asha, ChaiPoint, 40_00, "Masala chai", 29),
        new(3, Vikram, ChaiPoint, 60_00, "Two chais", 28),
        new(4, Neha, Asha, 450_00, "Dinner on Saturday", 27),
        new(5, Vikram, Neha, 1_200_00, "Concert tickets", 25),
        new(6, Neha, ChaiPoint, 35_00, "Ginger chai", 24),
        new(7, Asha, ChaiPoint, 40_00, "Masala chai", 22),
        new(8, Vikram, Asha, 900_00, "Groceries", 20),
        new(9, Asha, Neha, 250_00, "Taxi home", 18),
        new(10, Asha, ChaiPoint, 120_00, "Chai and samosas", 16),
        new(11, ChaiPoint, Asha, 40_00, "Refund: one samosa too many", 16),
        new(12, Neha, Vikram, 300_00, "Cricket bat", 14),
        new(13, Vikram, ChaiPoint, 60_00, "Two chais", 12),
        new(14, Asha, Vikram, 25_000_00, "Deposit for the new flat", 9, FailureReason.InsufficientFunds),
        new(15, Neha, ChaiPoint, 35_00, "Ginger chai", 8),
        new(16, Vikram, Asha, 500_00, "Birthday present", 6),
        new(17, Asha, Neha, 180_00, "Cinema", 4),
        new(18, Asha, ChaiPoint, 40_00, "Masala chai", 3),
        new(19, Neha, Asha, 75_00, "Metro card", 2),
        new(20, Vikram, ChaiPoint, 60_00, "Two chais", 1),
    ];

    public static AccountId AccountOf(int number) => new(IdOf(1, number));

    /// <summary>The posting that puts the first money into an account.</summary>
    public static TransactionId OpeningOf(int number) => new(IdOf(2, number));

    /// <summary>What an account begins with, so that the month ends at <paramref name="minor"/>.</summary>
    public static long OpeningFor(int number, long minor) =>
        minor
        + Payments
            .Where(payment => payment.Failure is null)
            .Sum(payment => (payment.From == number ? payment.Minor : 0) - (payment.To == number ? payment.Minor : 0));

    /// <param name="kind">1 account, 2 its opening balance, 3 login, 4 payment.</param>
    public static Guid IdOf(int kind, int number) => new($"00000000-0000-7000-8{kind:000}-{number:000000000000}");
}
