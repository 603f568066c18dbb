using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.Notifications.Tests;

/// <summary>Every text exists in every language and is written with what the events have.</summary>
public sealed class TextTemplateTests
{
    private const string Gathered = "gathered";

    private static readonly DateTimeOffset At = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Participant Asha = Party(1, "Asha Rao");
    private static readonly Participant Neha = Party(2, "Neha Iyer");
    private static readonly Participant System = Party(3, "PayFlow") with { OwnerId = null };

    public static TheoryData<Language> Languages { get; } = [.. Enum.GetValues<Language>()];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_draft_is_written_in_every_language(Language language)
    {
        foreach (var draft in Drafts())
        {
            var text = TextTemplates.Own.Render(draft.Template, draft.Values, language);
            Assert.Matches(@"^[^{}\n]*\S[^{}\n]*$", text.Title);
            Assert.DoesNotContain("{{", text.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("_", text.Title + text.Body, StringComparison.Ordinal);
            if (draft.Template != "as_written")
                Assert.Equal(
                    language == Language.Hindi,
                    (text.Title + text.Body).Any(sign => sign is >= '\u0900' and <= '\u097F')
                );
        }
    }

    /// <summary>No file without a draft, and no draft without a file.</summary>
    [Fact]
    public void The_drafts_and_the_texts_are_the_same() =>
        Assert.Equal(
            Drafts().Select(draft => draft.Template).Append(Gathered).Distinct(StringComparer.Ordinal).Order(),
            TextTemplates.Own.Names.Order()
        );

    /// <summary>A value that no text names is useless, and a text that names another one would fail.</summary>
    [Fact]
    public void A_text_names_only_what_its_drafts_have()
    {
        foreach (var draft in Drafts())
        {
            var named = TextTemplates.Own.Of(draft.Template, Language.English).Placeholders;
            Assert.Empty(named.Except(draft.Values.In(Language.English).Keys, StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData(Language.English, "₹1,25,000.50 to Neha Iyer was not sent", "Your money is still in your wallet.")]
    [InlineData(Language.Hindi, "Neha Iyer को ₹1,25,000.50 नहीं भेजे जा सके", "आपके पैसे अब भी आपके वॉलेट में हैं।")]
    [InlineData(
        Language.German,
        "125.000,50\u00a0₹ an Neha Iyer wurden nicht gesendet",
        "Ihr Geld ist weiterhin in Ihrem Wallet."
    )]
    public void A_failure_has_amount_name_reason_and_advice_in_the_language(Language language, string title, string end)
    {
        var draft = Assert.Single(
            Wording.Of(new TransactionFailed(Facts(Asha, Neha), FailureReason.InsufficientFunds))
        );
        Assert.Equal(
            new NotificationText(
                title,
                $"{FailureReasons.Of(FailureReason.InsufficientFunds).ToPayer.In(language)} {end}"
            ),
            TextTemplates.Own.Render(draft.Template, draft.Values, language)
        );
    }

    /// <summary>What people typed is text: it is not parsed, and it turns around nothing beside it.</summary>
    [Theory]
    [InlineData("{{ amount }}", "{{ amount }}")]
    [InlineData("{{ 7 * 191 }}{% raw %}{{", "{{ 7 * 191 }}{% raw %}{{")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("---", "---")]
    [InlineData("\u202Eevil", "\u2068\u202Eevil\u2069")]
    [InlineData("דנה", "\u2068דנה\u2069")]
    [InlineData("", "")]
    public void A_hostile_name_comes_out_as_text(string name, string shown)
    {
        var facts = Facts(Asha with { DisplayName = name }, Neha with { DisplayName = name }, note: name);
        foreach (var language in Enum.GetValues<Language>())
        {
            foreach (var draft in Wording.Of(new TransactionCompleted(facts)))
            {
                var text = TextTemplates.Own.Render(draft.Template, draft.Values, language);
                Assert.Contains(shown, text.Title, StringComparison.Ordinal);
                Assert.DoesNotContain("1337", text.Title, StringComparison.Ordinal);
                Assert.Equal(name, text.Body);
            }
        }
    }

    [Theory]
    [InlineData("{{ if note }}", "wrong")]
    [InlineData("{{ nope }}", "cannot be written")]
    [InlineData("{{ amount.nope }}", "cannot be written")]
    [InlineData("{{ include 'x' }}", "cannot be written")]
    public void A_wrong_text_is_found(string source, string why)
    {
        var failure = Assert.Throws<FormatException>(() =>
            new TextTemplate("test", Language.English, source).Render(
                new TextValues { Note = "chai" }.In(Language.English)
            )
        );
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_language_without_a_text_or_with_other_values_stops_the_start()
    {
        (string, Language, string)[] whole =
        [
            .. Enum.GetValues<Language>().Select(language => ("test", language, "{{ note }}\n---\n{{ amount }}")),
        ];
        _ = new TextTemplates(whole);
        Assert.Throws<FormatException>(() => new TextTemplates(whole[..^1]));
        foreach (var source in new[] { "{{ note }}\n---\nnothing", "{{ note }} {{ amount }}" })
            Assert.Throws<FormatException>(() =>
                new TextTemplates([.. whole[..^1], ("test", Language.German, source)])
            );
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Several_e_mails_in_one_say_how_often(Language language) =>
        Assert.Matches(
            @"^\p{L}[^{}]*\b4\b[^{}]*$",
            TextTemplates.Own.Render(Gathered, new TextValues { Count = 4 }, language).Body
        );

    /// <summary>One of each that the events can bring, each reason of a failure included.</summary>
    private static TransactionFacts Hold(string? toPayer, string? toPayee) =>
        Facts(Asha, Neha, "hold") with
        {
            Notices =
            [
                .. toPayer is null ? (Notice[])[] : [new Notice(toPayer, ToPayee: false)],
                .. toPayee is null ? (Notice[])[] : [new Notice(toPayee, ToPayee: true)],
            ],
        };

    private static IEnumerable<Draft> Drafts() =>
        [
            .. Wording.Of(new TransactionCompleted(Facts(Asha, Neha))),
            .. Wording.Of(new TransactionCompleted(Facts(System, Neha, TransactionType.Adjustment))),
            .. Wording.Of(new TransactionCompleted(Facts(Neha, System, TransactionType.Adjustment))),
            .. Wording.Of(new TransactionCompleted(Refund("refund_received", "refund_sent"))),
            .. Wording.Of(new TransactionFailed(Refund(null, "refund_failed"), FailureReason.InsufficientFunds)),
            .. Wording.Of(new TransactionCompleted(Hold("hold_placed", "hold_received"))),
            .. Wording.Of(new TransactionFailed(Hold("hold_failed", null), FailureReason.InsufficientFunds)),
            .. Wording.Of(new TransactionCompleted(Hold("hold_captured", "hold_collected"))),
            .. Wording.Of(new TransactionFailed(Hold(null, "hold_not_collected"), FailureReason.HoldEnded)),
            .. Wording.Of(new TransactionCompleted(Hold("hold_released", null))),
            .. Enum.GetValues<FailureReason>()
                .SelectMany(reason => Wording.Of(new TransactionFailed(Facts(Asha, Neha), reason))),
            .. new[] { "INR", "EUR", "USD", "GBP", "JPY", "KWD" }.SelectMany(currency =>
                Wording.Of(new AccountCreated(Account(currency)))
            ),
            // As a sender of an earlier version wrote it.
            Wording.Of(Request with { Title = "Your password was changed", Body = "Set a new one." }),
            .. Asked.Select(one => Wording.Of(Request with { Template = one.Template, Values = one.Values })),
        ];

    private static NotificationRequest Request =>
        new(TenantId.Default, "request", Neha.OwnerId!.Value, null, "security_alert", null, null, At);

    /// <summary>Each text that a service names in a request, with the values that it sends.</summary>
    private static IEnumerable<(string Template, Dictionary<string, string> Values)> Asked =>
        [
            .. new[]
            {
                "password_changed",
                "password_reset",
                "payment_pin_set",
                "second_factor_on",
                "second_factor_off",
                "recovery_codes_made",
                "wrong_codes",
            }.Select(template => (template, Values())),
            .. new[]
            {
                "account_frozen_by_holder",
                "account_frozen_by_operator",
                "account_unfrozen",
                "account_closed",
            }.Select(template => (template, Values(("currency", "INR")))),
            .. new[] { "reset_password", "verify_email" }.Select(template => (template, Values(("lifetime", "30")))),
            .. new[]
            {
                "admin_role_requested",
                "admin_role_rejected",
                "second_factor_removal_requested",
                "second_factor_removal_rejected",
            }.Select(template => (template, Values(("admin", "@a"), ("person", "@p"), ("request", "7")))),
            ("second_factor_removed", Values(("admin", "@a"), ("person", "@p"))),
            (
                "staff_roles_changed",
                Values(("admin", "@a"), ("person", "@p"), ("before", "customer"), ("after", "admin"))
            ),
        ];

    private static Dictionary<string, string> Values(params (string Name, string Value)[] values) =>
        values.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);

    [Fact]
    public void A_request_with_neither_a_template_nor_a_text_is_a_fault() =>
        Assert.Throws<FormatException>(() => Wording.Of(Request));

    [Fact]
    public void A_value_of_a_request_is_text_and_a_code_stays_for_the_mail()
    {
        var draft = Wording.Of(
            Request with
            {
                Template = "staff_roles_changed",
                Values = Values(("admin", "{{ person }}"), ("person", "@p"), ("before", "a"), ("after", "b")),
            }
        );
        Assert.StartsWith(
            "{{ person }} changed the roles of @p",
            TextTemplates.Own.Render(draft.Template, draft.Values, Language.English).Body,
            StringComparison.Ordinal
        );
        var code = Wording.Of(Request with { Template = "reset_password", Values = Values(("lifetime", "30")) });
        Assert.Contains(
            "within 30 minutes to set it:\n\n{wallet}/reset-password?code={code}\n\n",
            TextTemplates.Own.Render(code.Template, code.Values, Language.English).Body,
            StringComparison.Ordinal
        );
    }

    private static TransactionFacts Refund(string? toPayee, string toPayer) =>
        Facts(Asha, Neha) with
        {
            Type = "refund",
            Notices =
            [
                .. toPayee is null ? Array.Empty<Notice>() : [new Notice(toPayee, ToPayee: true)],
                new Notice(toPayer, ToPayee: false),
            ],
        };

    private static AccountSnapshot Account(string currency) =>
        new(
            TenantId.Default,
            Asha.AccountId,
            "123456789012",
            Asha.OwnerId!.Value,
            "Asha Rao",
            "@asha",
            AccountKind.Customer,
            currency,
            AccountStatus.Active,
            1,
            At,
            At
        );

    private static Participant Party(int number, string name)
    {
        var id = new Guid(number, 0, 0, new byte[8]);
        return new Participant(new AccountId(id), new PartyId(id), name, null);
    }

    private static TransactionFacts Facts(
        Participant from,
        Participant to,
        string type = TransactionType.Transfer,
        string note = "rent"
    ) =>
        new(
            TenantId.Default,
            new TransactionId(new Guid(9, 0, 0, new byte[8])),
            type,
            from,
            to,
            "125000.50",
            "INR",
            note,
            At,
            At
        );
}
