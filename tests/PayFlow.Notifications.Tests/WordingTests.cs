using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.Notifications.Tests;

/// <summary>Who is told what.</summary>
public sealed class WordingTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Participant Asha = new(
        new AccountId(new Guid("00000000-0000-0000-0000-000000000001")),
        new PartyId(new Guid("00000000-0000-0000-0000-00000000000a")),
        "Asha Rao",
        "@asha"
    );
    private static readonly Participant Neha = new(
        new AccountId(new Guid("00000000-0000-0000-0000-000000000002")),
        new PartyId(new Guid("00000000-0000-0000-0000-00000000000b")),
        "Neha Iyer",
        "@neha"
    );
    private static readonly Participant PayFlow = new(
        new AccountId(new Guid("00000000-0000-0000-0000-000000000003")),
        null,
        "PayFlow",
        null
    );

    public static TheoryData<FailureReason> Reasons { get; } = [.. Enum.GetValues<FailureReason>()];

    [Fact]
    public void A_transfer_tells_both_sides()
    {
        var told = Wording.Of(new TransactionCompleted(Facts(Asha, Neha))).ToList();
        Assert.Equal(
            [
                (Neha.OwnerId, "money_received", "Asha Rao sent you ₹1,25,000.50"),
                (Asha.OwnerId, "money_sent", "Neha Iyer got ₹1,25,000.50"),
            ],
            told.Select(draft => ((PartyId?)draft.Recipient, draft.Kind, Text(draft).Title))
        );
        Assert.All(told, draft => Assert.Equal("rent", Text(draft).Body));
    }

    [Theory]
    [InlineData(0.2, true)]
    [InlineData(2, true)]
    [InlineData(2.1, false)]
    public void A_payer_who_saw_the_payment_go_through_is_told_quietly(double seconds, bool isQuiet)
    {
        var told = Wording
            .Of(new TransactionCompleted(Facts(Asha, Neha) with { EndedAt = At.AddSeconds(seconds) }))
            .ToDictionary(draft => draft.Kind, draft => draft.IsQuiet);
        Assert.Equal((false, isQuiet), (told["money_received"], told["money_sent"]));
    }

    [Fact]
    public void A_transfer_between_own_accounts_tells_its_owner_once() =>
        Assert.Equal(
            "money_received",
            Assert.Single(Wording.Of(new TransactionCompleted(Facts(Asha, Neha with { OwnerId = Asha.OwnerId })))).Kind
        );

    [Fact]
    public void An_adjustment_tells_the_holder_only()
    {
        Assert.Equal(
            "₹1,25,000.50 was added to your wallet",
            Text(
                Assert.Single(Wording.Of(new TransactionCompleted(Facts(PayFlow, Neha, TransactionType.Adjustment))))
            ).Title
        );
        Assert.Equal(
            "₹1,25,000.50 was taken from your wallet",
            Text(
                Assert.Single(Wording.Of(new TransactionCompleted(Facts(Neha, PayFlow, TransactionType.Adjustment))))
            ).Title
        );
    }

    [Fact]
    public void A_kind_of_its_own_names_its_texts_and_who_gets_them()
    {
        var facts = Facts(Asha, Neha, "hold") with { Notices = [new Notice("money_sent", ToPayee: false)] };
        var draft = Assert.Single(Wording.Of(new TransactionCompleted(facts)));
        Assert.Equal((Asha.OwnerId, "money_sent"), (draft.Recipient, draft.Kind));
        Assert.Empty(Wording.Of(new TransactionCompleted(facts with { Notices = [] })));
    }

    /// <summary>It becomes a dead letter: a wrong text would be worse than a late one.</summary>
    [Fact]
    public void A_transaction_without_a_text_is_a_fault()
    {
        var unknown = Facts(Asha, Neha, "hold");
        Assert.Throws<FormatException>(() => Wording.Of(new TransactionCompleted(unknown)).ToList());
        Assert.Throws<FormatException>(() =>
            Wording
                .Of(new TransactionCompleted(unknown with { Notices = [new Notice("poem", true)] }))
                .Select(Text)
                .ToList()
        );
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_failure_tells_the_payer_only_that_the_money_is_safe_and_what_to_do(FailureReason reason)
    {
        var told = Assert.Single(Wording.Of(new TransactionFailed(Facts(Asha, Neha), reason)));
        Assert.Equal(Asha.OwnerId, told.Recipient);
        Assert.Equal("₹1,25,000.50 to Neha Iyer was not sent", Text(told).Title);
        Assert.EndsWith("Your money is still in your wallet.", Text(told).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("_", Text(told).Body, StringComparison.Ordinal);
        // The wallet has no button for either.
        Assert.DoesNotContain("Unfreeze", Text(told).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Top up", Text(told).Body, StringComparison.Ordinal);
    }

    private static NotificationText Text(Draft draft) =>
        TextTemplates.Own.Render(draft.Template, draft.Values, Language.English);

    private static TransactionFacts Facts(Participant from, Participant to, string type = TransactionType.Transfer) =>
        new(
            TenantId.Default,
            new TransactionId(new Guid("00000000-0000-0000-0000-0000000000ff")),
            type,
            from,
            to,
            "125000.50",
            "INR",
            "rent",
            At,
            At
        );
}
