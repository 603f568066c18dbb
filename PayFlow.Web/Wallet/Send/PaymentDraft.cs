using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Send;

/// <summary>
/// One payment being made. Its idempotency key is made once and stands for one body: after a lost answer neither can
/// change, until somebody says that they want a new payment.
/// </summary>
public sealed class PaymentDraft(TimeProvider clock)
{
    /// <summary>The most characters of a note.</summary>
    public const int MaxNoteLength = 140;

    private PaymentRequest? _sent;

    // A try of it may have been taken, and no answer since says that it was not.
    private bool _mayBePaid;

    public string Key { get; private set; } = NewKey(clock);

    public DraftState State { get; private set; }

    public Payee? Payee { get; private set; }

    public string Amount { get; private set; } = "";

    public string Note { get; private set; } = "";

    /// <summary>Somebody tried to change a payment of which it is not known whether it went through.</summary>
    public bool WarnsOfDoublePayment { get; private set; }

    /// <summary>Why the service said no; the draft can be corrected.</summary>
    public ApiProblem? Refusal { get; private set; }

    /// <summary>What turned the last try away without a look at the payment; null after a lost answer.</summary>
    public ApiProblem? TurnedAway { get; private set; }

    public Transaction? Transaction { get; private set; }

    /// <summary>A page is open that shows it, and what becomes of it.</summary>
    public bool IsShown { get; set; }

    /// <summary>What it was sent with, as long as the answer is not known.</summary>
    public PaymentRequest? Unanswered => State is DraftState.Sending or DraftState.Unknown ? _sent : null;

    /// <summary>Why a confirmation is asked for, and what became of the last try; null where none is.</summary>
    public ApiProblem? ConfirmationWish { get; private set; }

    /// <summary>What the last PIN was answered with; null before one was tried.</summary>
    public ApiProblem? ConfirmationRefusal { get; private set; }

    /// <summary>Goes with the payment: its payer has confirmed it.</summary>
    public string? Confirmation { get; private set; }

    public bool TryChange(Payee? payee = null, string? amount = null, string? note = null)
    {
        if (State is DraftState.Unknown && !Says(payee, amount, note))
            WarnsOfDoublePayment = true;
        if (State is not DraftState.Editing)
            return false;
        // Text typed for one payee must not be kept for another.
        if (payee is not null && Payee is not null && payee.Id != Payee.Id)
        {
            Key = NewKey(clock);
            Amount = "";
            Note = "";
        }

        Payee = payee ?? Payee;
        Amount = amount ?? Amount;
        Note = note ?? Note;
        (Refusal, Confirmation) = (null, null);
        return true;
    }

    /// <summary>Whether it says all of that already: a field may tell what is known.</summary>
    private bool Says(Payee? payee, string? amount, string? note) =>
        (payee ?? amount ?? (object?)note) is not null
        && (payee is null || payee.Id == Payee?.Id)
        && (amount is null || amount == Amount)
        && (note is null || note == Note);

    /// <summary>Begins a first try, or the same one again after a lost answer.</summary>
    /// <returns>False where nothing must be sent: it is being sent, was accepted, or is not complete.</returns>
    public bool TryBegin(Guid from, string currency, out PaymentRequest request)
    {
        request = _sent!;
        switch (State)
        {
            case DraftState.Unknown:
                break;
            case DraftState.Editing
                when Payee is not null
                    && TypedAmount.TryRead(Amount, currency, out var money) is TypedAmountProblem.None
                    && Note.Trim().Length <= MaxNoteLength:
                var note = Note.Trim();
                request = _sent = new PaymentRequest(
                    from,
                    Payee.Id,
                    money.ToString(),
                    currency,
                    note.Length == 0 ? null : note
                );
                break;
            default:
                return false;
        }

        State = DraftState.Sending;
        Refusal = null;
        WarnsOfDoublePayment = false;
        return true;
    }

    /// <summary>Begins to show the PIN. The payment itself stays as it was asked for.</summary>
    public bool TryBeginConfirmation(out PaymentRequest request)
    {
        request = _sent!;
        if (State is not DraftState.Confirming)
            return false;
        (State, ConfirmationRefusal) = (DraftState.Sending, null);
        return true;
    }

    /// <returns>True where the payment can be sent again now, under the same key.</returns>
    public bool Confirmed(ApiAnswer<Confirmation> answer)
    {
        if (State is not DraftState.Sending)
            return false;
        Confirmation = answer.Value?.Token;
        if (answer.IsOk)
            return true;
        // No answer is no harm here: a confirmation that got lost moves nothing.
        (State, ConfirmationRefusal) = (DraftState.Confirming, answer.Problem ?? new ApiProblem());
        return false;
    }

    /// <summary>The payer would rather not confirm, or not now: everything typed stays.</summary>
    public void StopConfirming()
    {
        if (State is DraftState.Confirming)
        {
            State = DraftState.Editing;
            ConfirmationWish = null;
            ConfirmationRefusal = null;
        }
    }

    /// <summary>Nothing was sent this time, for this reason: it is as it was before.</summary>
    public void NotSent(ApiProblem why)
    {
        if (State is DraftState.Sending)
            (State, Refusal) = _mayBePaid ? (DraftState.Unknown, null) : (DraftState.Editing, why);
    }

    public void Answered(ApiAnswer<Transaction> answer)
    {
        if (State is not DraftState.Sending)
            return;
        (ConfirmationWish, ConfirmationRefusal) = (null, null);
        if (
            answer is
            { Outcome: ApiOutcome.Refused, Problem: { Code: "confirmation_required" or "confirmation_invalid" } wish }
        )
        {
            State = DraftState.Confirming;
            Transaction = null;
            Refusal = null;
            Confirmation = null;
            ConfirmationWish = wish;
            _mayBePaid = false;
            return;
        }

        (State, Transaction, Refusal) = answer.Outcome switch
        {
            ApiOutcome.Ok => (DraftState.Accepted, answer.Value, null),
            ApiOutcome.Refused when SaysNothing(answer.Problem) => (DraftState.Unknown, null, null),
            // A refusal uses up no key and leaves nothing behind, so the corrected payment keeps it.
            ApiOutcome.Refused => (DraftState.Editing, (Transaction?)null, answer.Problem ?? new ApiProblem()),
            _ => (DraftState.Unknown, null, null),
        };
        (_mayBePaid, TurnedAway) = (
            State is DraftState.Unknown,
            answer.Outcome is ApiOutcome.Refused && State is DraftState.Unknown ? answer.Problem : null
        );
    }

    /// <summary>A payment whose answer was lost with the page that waited for it.</summary>
    public void Restore(string key, PaymentRequest sent, Payee payee)
    {
        Key = key;
        _sent = sent;
        Payee = payee;
        Amount = sent.Amount;
        Note = sent.Note ?? "";
        State = DraftState.Unknown;
        Transaction = null;
        Refusal = null;
        TurnedAway = null;
        _mayBePaid = true;
    }

    /// <summary>
    /// The explicit wish for another payment: a new key. What was typed stays unless
    /// <paramref name="keepWhatWasTyped"/> is false.
    /// </summary>
    public void StartNew(bool keepWhatWasTyped = false)
    {
        Key = NewKey(clock);
        State = DraftState.Editing;
        _sent = null;
        Transaction = null;
        Refusal = null;
        WarnsOfDoublePayment = false;
        Confirmation = null;
        ConfirmationWish = null;
        ConfirmationRefusal = null;
        TurnedAway = null;
        _mayBePaid = false;
        if (!keepWhatWasTyped)
        {
            Payee = null;
            Amount = "";
            Note = "";
        }
    }

    /// <summary>
    /// Who is not signed in or comes too often is turned away before the key is looked at: an earlier try of it may
    /// have been taken all the same. Not being signed in also takes the page away, and as unanswered the payment is
    /// there again afterwards.
    /// </summary>
    private bool SaysNothing(ApiProblem? problem) =>
        problem?.Status == StatusCodes.Status401Unauthorized
        || (_mayBePaid && problem?.Status == StatusCodes.Status429TooManyRequests);

    private static string NewKey(TimeProvider clock) => TypedId.NewGuid(clock).ToString();
}
