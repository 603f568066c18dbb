using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.Transfers;

/// <summary>
/// <c>POST /transactions</c>: accepts a transfer. What is wrong at the door creates nothing; whether the money moves is
/// the ledger's to decide, and <c>status</c> tells.
/// </summary>
public static class SendMoney
{
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(15);

    /// <param name="ToAccount">An account's id or number, or a handle such as <c>@asha</c>.</param>
    /// <param name="ExpiresAt">From this instant on the ledger refuses it; 15 minutes from now unless sooner.</param>
    public sealed record Request(
        AccountId FromAccount,
        string ToAccount,
        AmountText Amount,
        string Currency,
        string? Note = null,
        string? ExternalReference = null,
        Dictionary<string, string>? Metadata = null,
        DateTimeOffset? ExpiresAt = null
    ) : IHasExample<Request>
    {
        public static Request Example =>
            new(SampleHistory.AccountOf(1), "@neha", new AmountText("125.50"), "INR", "Chai");
    }

    public sealed record Services(
        AccountDirectory Directory,
        LimitRules Rules,
        PaymentConfirmations Confirmations,
        IntakeAnswers Answers,
        TransferKind Kind,
        TimeProvider Clock
    );

    public static async Task<
        Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>
    > HandleAsync(
        Request request,
        Caller caller,
        HttpContext http,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        if (IdempotencyKey.TryRead(http.Request, out var key) is { } refused)
            return refused;
        var now = services.Clock.GetDatabaseNow();
        if (Check(request, now, out var amount) is { } invalid)
            return invalid;

        var fingerprint = Fingerprint(request, amount);
        var (from, to, problem) = await FindBothAsync(request, caller, services.Directory, cancellationToken);
        var confirmation = ShownConfirmation.None;
        if (problem is null)
        {
            (confirmation, problem) = await CheckConfirmationAsync(
                http.Request,
                services.Confirmations,
                new PaymentToConfirm(caller.UserId, caller.SessionId, from!.AccountId, to!.AccountId, amount),
                cancellationToken
            );
        }

        if (problem is not null)
        {
            // A repeated request gets its transaction even if the door would not let it in today.
            var command = new CommandKey<Guid>(caller.Tenant, caller.PartyId.Value, services.Kind.Type, key);
            return await services.Answers.FirstAsync(command, fingerprint, cancellationToken) is { } first
                ? await services.Answers.ReplayAsync(http, first, cancellationToken)
                : IntakeAnswers.Unavailable(http, problem);
        }

        var transfer = new Transfer(
            services.Kind,
            TransactionId.New(services.Clock),
            from!,
            to!,
            amount.Minor,
            amount.Currency.Code,
            request.Note,
            request.ExternalReference,
            request.Metadata is null ? null : JsonSerializer.Serialize(request.Metadata),
            caller.PartyId,
            key,
            fingerprint,
            services.Rules.Of(caller, amount.Currency),
            confirmation,
            now,
            request.ExpiresAt?.ToUniversalTime() ?? now + Expiry,
            Activity.Current?.Id
        );
        return await services.Answers.AcceptAsync(
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

    private static ProblemHttpResult? Check(Request request, DateTimeOffset now, out Money amount)
    {
        amount = default;
        var errors = new FieldErrors();
        if (!Currency.TryParse(request.Currency, out var currency))
            errors.Add("currency", "Must be an ISO 4217 code such as INR.");
        else
        {
            var error = request.Amount.TryRead(currency, out amount);
            errors
                .AddIf("amount", error.Objection(currency))
                .AddIf(error == AmountError.None && amount.Minor <= 0, "amount", "Must be above zero.");
        }

        errors
            .AddIf(
                request.ToAccount.Length is 0 or > 100,
                "toAccount",
                "Must be an account id, an account number or a handle such as @asha."
            )
            .AddIf(request.Note is { Length: > 200 }, "note", "Must have at most 200 characters.")
            .AddIf(
                request.ExternalReference is { Length: > 100 },
                "externalReference",
                "Must have at most 100 characters."
            )
            .AddIf(request.ExpiresAt > now + Expiry, "expiresAt", "At most 15 minutes from now.")
            .AddIf("metadata", MetadataObjection(request.Metadata));
        return errors.Any ? errors.ToProblem() : null;
    }

    /// <returns>What is wrong; null where nothing is.</returns>
    private static string? MetadataObjection(Dictionary<string, string>? metadata) =>
        metadata is null ? null
        : metadata.Count > 20 ? "Must have at most 20 entries."
        : metadata.Keys.Any(name => name.Length is 0 or > 50) ? "Each name must have 1 to 50 characters."
        : metadata.Values.Any(value => value is null) ? "Each value must be a text. Leave out what has none."
        : metadata.Values.Any(value => value.Length > 500) ? "Each value must have at most 500 characters."
        : null;

    private static byte[] Fingerprint(Request request, Money amount) =>
        IdempotencyKey.Fingerprint(
            request.FromAccount.ToString(),
            request.ToAccount,
            amount.ToString(),
            amount.Currency.Code,
            request.Note,
            request.ExternalReference,
            request.Metadata is null
                ? null
                : JsonSerializer.Serialize(
                    new SortedDictionary<string, string>(request.Metadata, StringComparer.Ordinal)
                ),
            request.ExpiresAt?.ToUniversalTime().ToString("O")
        );

    private static async Task<(DirectoryEntry? From, DirectoryEntry? To, ProblemHttpResult? Problem)> FindBothAsync(
        Request request,
        Caller caller,
        AccountDirectory directory,
        CancellationToken cancellationToken
    )
    {
        var from = await directory.FindAsync(caller.Tenant, request.FromAccount, cancellationToken);
        // Nobody pays from another's account, whatever their role: to them it does not exist (I8).
        var isMine = from.Entry is { } payer && caller.Owns(payer.OwnerId);
        var to = !isMine
            ? default
            : await directory.FindAsync(caller.Tenant, request.ToAccount, request.Currency, cancellationToken);
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
                    from.Entry!.Currency == request.Currency
                        ? "The payee was not found. Check the account id, account number or handle."
                        : $"fromAccount is in {from.Entry.Currency}, and the payment is in {request.Currency}. "
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
    /// What the request shows to confirm the payment. A worthless one is the door's to refuse, after replays are
    /// answered.
    /// </summary>
    private static async ValueTask<(ShownConfirmation Confirmation, ProblemHttpResult? Problem)> CheckConfirmationAsync(
        HttpRequest request,
        PaymentConfirmations confirmations,
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
