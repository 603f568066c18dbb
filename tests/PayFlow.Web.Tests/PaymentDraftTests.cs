using Microsoft.Extensions.Time.Testing;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet;

namespace PayFlow.Web.Tests;

public sealed class PaymentDraftTests
{
    private readonly PaymentDraft _draft = new(new FakeTimeProvider());

    public PaymentDraftTests() => _draft.TryChange(People.Neha, "250", "Lunch");

    [Fact]
    public void A_second_press_while_it_is_being_sent_sends_nothing()
    {
        Assert.True(Begin(out _));
        Assert.False(Begin(out _));
    }

    [Fact]
    public void After_a_lost_answer_the_same_key_and_body_go_again()
    {
        var key = _draft.Key;
        Begin(out var first);
        _draft.Answered(ApiAnswer<Transaction>.Unknown());
        Assert.True(Begin(out var second));
        Assert.Equal(key, _draft.Key);
        Assert.Same(first, second);
    }

    [Fact]
    public void A_change_after_a_lost_answer_changes_nothing_and_warns()
    {
        Begin(out var first);
        _draft.Answered(ApiAnswer<Transaction>.Unknown());
        Assert.False(_draft.TryChange(amount: "300"));
        Assert.True(_draft.WarnsOfDoublePayment);
        Assert.Equal("250", _draft.Amount);
        Begin(out var second);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Only_an_explicit_new_payment_takes_a_new_key()
    {
        var key = _draft.Key;
        Begin(out _);
        _draft.Answered(ApiAnswer<Transaction>.Unknown());
        _draft.StartNew(keepWhatWasTyped: true);
        Assert.NotEqual(key, _draft.Key);
        Assert.Equal(("250", "Lunch", DraftState.Editing, false), (_draft.Amount, _draft.Note, _draft.State, _draft.WarnsOfDoublePayment));
    }

    [Fact]
    public void A_refused_payment_can_be_corrected_under_its_key()
    {
        var key = _draft.Key;
        Begin(out _);
        _draft.Answered(ApiAnswer<Transaction>.Refused(new ApiProblem { Code = "limit_exceeded", Status = 422 }));
        Assert.Equal("limit_exceeded", _draft.Refusal?.Code);
        Assert.True(_draft.TryChange(amount: "100"));
        Assert.Null(_draft.Refusal);
        Assert.True(Begin(out var corrected));
        Assert.Equal(("100.00", key), (corrected.Amount, _draft.Key));
    }

    [Fact]
    public void An_accepted_payment_is_not_sent_again()
    {
        Begin(out _);
        _draft.Answered(ApiAnswer<Transaction>.Ok(People.Payment()));
        Assert.False(Begin(out _));
        Assert.False(_draft.TryChange(amount: "1"));
    }

    [Fact]
    public void A_restored_draft_goes_on_where_the_answer_was_lost()
    {
        Begin(out var sent);
        var reloaded = new PaymentDraft(new FakeTimeProvider());
        reloaded.Restore(_draft.Key, sent, People.Neha);
        Assert.Equal(DraftState.Unknown, reloaded.State);
        Assert.True(reloaded.TryBegin(People.AshaId, "INR", out var again));
        Assert.Equal((_draft.Key, sent), (reloaded.Key, again));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0.001")]
    [InlineData("-5")]
    public void Nothing_is_sent_without_an_amount(string amount)
    {
        _draft.TryChange(amount: amount);
        Assert.False(Begin(out _));
    }

    private bool Begin(out PaymentRequest request) => _draft.TryBegin(People.AshaId, "INR", out request);
}
