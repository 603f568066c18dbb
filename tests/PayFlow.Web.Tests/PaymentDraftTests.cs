using Microsoft.Extensions.Time.Testing;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Send;

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
        Assert.Equal(
            ("250", "Lunch", DraftState.Editing, false),
            (_draft.Amount, _draft.Note, _draft.State, _draft.WarnsOfDoublePayment)
        );
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

    /// <summary>Both are answered before anybody looks whether the payment was taken.</summary>
    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(429, "too_many_requests")]
    [InlineData(429, null)]
    public void Being_turned_away_after_a_lost_answer_is_no_proof_that_nothing_was_paid(int status, string? code)
    {
        var key = _draft.Key;
        Begin(out var first);
        _draft.Answered(ApiAnswer<Transaction>.Unknown());
        Begin(out _);
        _draft.Answered(ApiAnswer<Transaction>.Refused(new ApiProblem { Code = code, Status = status }));
        Assert.Equal((DraftState.Unknown, status, null), (_draft.State, _draft.TurnedAway?.Status, _draft.Refusal));
        Assert.False(_draft.TryChange(amount: "300"));
        Assert.True(Begin(out var again));
        Assert.Equal((key, first), (_draft.Key, again));

        _draft.Answered(ApiAnswer<Transaction>.Refused(new ApiProblem { Code = "account_frozen", Status = 422 }));
        Assert.Equal((DraftState.Editing, null), (_draft.State, _draft.TurnedAway));
    }

    [Fact]
    public void A_first_try_that_came_too_often_sent_nothing()
    {
        Begin(out _);
        _draft.Answered(ApiAnswer<Transaction>.Refused(new ApiProblem { Code = "too_many_requests", Status = 429 }));
        Assert.Equal((DraftState.Editing, 429), (_draft.State, _draft.Refusal?.Status));
    }

    [Fact]
    public void A_payment_by_somebody_signed_out_meanwhile_stays_for_when_they_are_back()
    {
        Begin(out var sent);
        _draft.Answered(ApiAnswer<Transaction>.Refused(new ApiProblem { Code = "unauthorized", Status = 401 }));
        Assert.Equal((DraftState.Unknown, sent), (_draft.State, _draft.Unanswered));
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
