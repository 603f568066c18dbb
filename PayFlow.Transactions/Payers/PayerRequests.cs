using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.Payers;

/// <summary>
/// Accepts requests of payers, whatever kind they ask for: finds both accounts, checks the confirmation, and says what
/// a refused request needs.
/// </summary>
public sealed class PayerRequests(
    AccountDirectory directory,
    LimitRules rules,
    PaymentConfirmations confirmations,
    IntakeAnswers answers
)
{
    public async Task<Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>> AcceptAsync(
        HttpContext http,
        Caller caller,
        PayerRequest request,
        CancellationToken cancellationToken
    )
    {
        var amount = request.Amount;
        var (from, to, problem) = await FindBothAsync(request, caller, cancellationToken);
        var confirmation = ShownConfirmation.None;
        if (problem is null)
        {
            (confirmation, problem) = await CheckConfirmationAsync(
                http.Request,
                new PaymentToConfirm(caller.UserId, caller.SessionId, from!.AccountId, to!.AccountId, amount),
                cancellationToken
            );
        }

        if (problem is not null)
        {
            // A repeated request gets its transaction even if it would be refused today.
            var command = new CommandKey<Guid>(caller.Tenant, caller.PartyId.Value, request.Kind.Type, request.Key);
            return await answers.FirstAsync(command, request.Fingerprint, cancellationToken) is { } first
                ? await answers.ReplayAsync(http, first, cancellationToken)
                : IntakeAnswers.Unavailable(http, problem);
        }

        var transfer = new Transfer(
            request.Kind,
            request.Id,
            from!,
            to!,
            amount.Minor,
            amount.Currency.Code,
            request.Note,
            request.ExternalReference,
            request.Metadata,
            caller.PartyId,
            request.Key,
            request.Fingerprint,
            rules.Of(caller, amount.Currency),
            confirmation,
            request.CreatedAt,
            request.ExpiresAt,
            Activity.Current?.Id
        )
        {
            Details = request.Details,
        };
        return await answers.AcceptAsync(
            http,
            transfer,
            cancellationToken,
            outcome =>
                outcome switch
                {
                    IntakeOutcome.LimitExceeded over => OverLimit(over.Breach, amount.Currency, from!),
                    IntakeOutcome.ConfirmationRequired required => NeedsConfirmation(required.Reason, transfer, amount),
                    IntakeOutcome.ConfirmationInvalid => Problem.Of(
                        IntakeProblems.ConfirmationInvalid,
                        "It belongs to another payment, was used already or has expired. Confirm this payment again."
                    ),
                    _ => null,
                }
        );
    }

    private async Task<(DirectoryEntry? From, DirectoryEntry? To, ProblemHttpResult? Problem)> FindBothAsync(
        PayerRequest request,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var currency = request.Amount.Currency.Code;
        var from = await directory.FindAsync(caller.Tenant, request.FromAccount, cancellationToken);
        // Nobody pays from another's account, whatever their role: to them it does not exist (I8).
        var isMine = from.Entry is { } payer && caller.Owns(payer.OwnerId);
        var to = !isMine
            ? default
            : await directory.FindAsync(caller.Tenant, request.ToAccount, currency, cancellationToken);
        if (from.Unreachable || to.Unreachable)
            return (
                null,
                null,
                Problem.Of(
                    ProblemCodes.Unavailable,
                    "An account look-up is unavailable. Nothing was sent. Repeat the request "
                        + "with the same key in a moment."
                )
            );
        if (!isMine)
            return (
                null,
                null,
                Problem.Of(
                    ProblemCodes.AccountNotFound,
                    "You have no account with this fromAccount id. Choose one of GET /accounts/me."
                )
            );
        if (to.Entry is null)
            return (
                null,
                null,
                Problem.Of(
                    ProblemCodes.AccountNotFound,
                    from.Entry!.Currency == currency
                        ? "The payee was not found. Check the account id, account number or handle."
                        : $"fromAccount is in {from.Entry.Currency}, and the payment is in {currency}. "
                            + "Send the currency of fromAccount, or choose another of your accounts."
                )
            );
        if (from.Entry!.AccountId == to.Entry.AccountId)
            return (
                null,
                null,
                Problem.Of(
                    ProblemCodes.SameAccount,
                    "You cannot pay the account that you pay from. Choose another payee."
                )
            );
        return (from.Entry, to.Entry, null);
    }

    /// <summary>
    /// What the request shows to confirm the payment. The admission refuses an invalid one, after replays are
    /// answered.
    /// </summary>
    private async ValueTask<(ShownConfirmation Confirmation, ProblemHttpResult? Problem)> CheckConfirmationAsync(
        HttpRequest request,
        PaymentToConfirm payment,
        CancellationToken cancellationToken
    )
    {
        var shown = request.Headers[PaymentConfirmationClaims.Header];
        if (shown.Count == 0)
            return default;
        return await confirmations.CheckAsync(shown.ToString(), payment, cancellationToken) switch
        {
            ConfirmationVerdict.Good good => (ShownConfirmation.Of(good.Id), null),
            ConfirmationVerdict.Bad => (ShownConfirmation.Invalid, null),
            _ => (
                default,
                Problem.Of(
                    ProblemCodes.Unavailable,
                    "The confirmation cannot be checked now. Nothing was sent. Repeat the "
                        + "request with the same key in a moment."
                )
            ),
        };
    }

    private static ProblemHttpResult OverLimit(LimitBreach breach, Currency currency, DirectoryEntry from)
    {
        var (limit, left) = (new Money(breach.Limit, currency), new Money(breach.Left, currency));
        var resets = LimitCalendar.ResetOf(breach.Period, breach.Day, from.Zone);
        var problem = Problem.Of(
            ProblemCodes.LimitExceeded,
            breach.Period switch
            {
                LimitPeriod.Day =>
                    $"Your daily limit is {limit.Display()}. You can send {left.Display()} more until {Day(resets)}.",
                LimitPeriod.Month =>
                    $"Your monthly limit is {limit.Display()}. You can send {left.Display()} more until {Day(resets)}.",
                _ => $"The limit for a single payment is {limit.Display()}.",
            }
        );
        var details = problem.ProblemDetails.Extensions;
        details["period"] = EnumNames.Of(breach.Period);
        details["limit"] = limit.ToString();
        details["left"] = left.ToString();
        details["currency"] = currency.Code;
        details["resetsAt"] = resets;
        return problem;

        static string Day(DateTimeOffset? start) => start!.Value.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Says what has to be confirmed, in the words that Accounts takes, so that a client can go on from here.
    /// </summary>
    private static ProblemHttpResult NeedsConfirmation(ConfirmationReason reason, Transfer transfer, Money amount)
    {
        var problem = Problem.Of(
            IntakeProblems.ConfirmationRequired,
            Why(reason)
                + " Get one from POST /auth/confirm with the PIN or a code. Then repeat the request "
                + $"with the same Idempotency-Key and the header {PaymentConfirmationClaims.Header}."
        );
        var details = problem.ProblemDetails.Extensions;
        details["reason"] = EnumNames.Of(reason);
        details["fromAccount"] = transfer.From.AccountId;
        details["toAccount"] = transfer.To.AccountId;
        details["amount"] = amount.ToString();
        details["currency"] = transfer.Currency;
        return problem;

        static string Why(ConfirmationReason reason) =>
            reason switch
            {
                ConfirmationReason.Amount => "Payments of this size require a confirmation.",
                ConfirmationReason.NewPayee => "A payment to a new payee, or to one not paid for long, requires a "
                    + "confirmation.",
                _ => "The total sent without a confirmation today makes this payment require one.",
            };
    }
}
