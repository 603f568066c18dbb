using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

/// <summary>Asha, whose wallet is open, and whom she pays.</summary>
internal static class People
{
    public static readonly Guid AshaId = new("00000000-0000-7000-8001-000000000001");
    public static readonly Guid AshaOwner = new("00000000-0000-7000-8009-000000000001");
    public static readonly Guid NehaId = new("00000000-0000-7000-8001-000000000003");
    public static readonly Guid PaymentId = new("00000000-0000-7000-8003-000000000001");
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static readonly Account Asha = new(
        AshaId,
        "123456789011",
        "Asha Rao",
        "asha@payflow.example",
        "@asha",
        "INR",
        "1000.00",
        "0.00",
        "1000.00",
        "active",
        3,
        AshaOwner
    );
    public static readonly Payee Neha = new(NehaId, "Neha Iyer", "@neha", "•••• 9033", "INR");

    public static Transaction Payment(
        string status = Transaction.Pending,
        string amount = "250.00",
        string? reason = null
    ) =>
        new(
            PaymentId,
            "transfer",
            status,
            AshaId,
            NehaId,
            amount,
            "INR",
            Noon,
            null,
            "Asha Rao",
            "Neha Iyer",
            "@asha",
            "@neha",
            "Lunch",
            reason,
            status == Transaction.Pending ? null : Noon.AddMilliseconds(210),
            Timeline: [new TimelineStep("initiated", Noon)]
        );
}
