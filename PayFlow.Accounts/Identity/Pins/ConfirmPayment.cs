using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/confirm</c>: the payment PIN, or a code of the second factor, for a token that lets one payment in:
/// from this account to that one, of this amount. It goes with <c>POST /transactions</c> as
/// <c>Payment-Confirmation</c>.
/// </summary>
public static class ConfirmPayment
{
    /// <param name="ToAccount">An id, a number or a handle, as at <c>GET /accounts/lookup</c>.</param>
    /// <param name="Pin">Or <paramref name="Code"/>, one of both.</param>
    public sealed record Request(
        AccountId FromAccount,
        string ToAccount,
        AmountText Amount,
        string Currency,
        [property: SecretText] string? Pin = null,
        [property: SecretText] string? Code = null
    ) : IHasExample<Request>
    {
        public static Request Example =>
            new(SampleHistory.AccountOf(1), "@neha", new AmountText("125.50"), "INR", "2468");
    }

    /// <param name="ExpiresIn">Seconds.</param>
    public sealed record Response(string Confirmation, int ExpiresIn);

    public sealed record Services(
        HttpContext Http,
        Reauthentication Reauthentication,
        PaymentConfirmationIssuer Issuer,
        AccountsDbContext Db,
        AuditLog Audit,
        AuditActor Actor
    );

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        var amount = default(Money);
        var errors = new FieldErrors()
            .AddIf(
                !Currency.TryParse(request.Currency, out var currency),
                "currency",
                "Must be an ISO 4217 code such as INR."
            )
            .AddIf(
                request.ToAccount.Length is 0 or > 100,
                "toAccount",
                "Must be an account id, an account number or a handle such as @asha."
            )
            .AddIf(
                request.Pin is null == request.Code is null,
                "pin",
                "Send either pin or code: the payment PIN, or a code of the second factor."
            );
        if (!errors.Any)
        {
            var error = request.Amount.TryRead(currency, out amount);
            errors
                .AddIf("amount", error.Objection(currency))
                .AddIf(error == AmountError.None && amount.Minor <= 0, "amount", "Must be above zero.");
        }

        if (errors.Any)
            return errors.ToProblem();

        var payer = await services
            .Db.Holders()
            .SingleOrDefaultAsync(
                account => account.Id == request.FromAccount.Value && account.OwnerId == caller.PartyId.Value,
                cancellationToken
            );
        var payee = payer is null
            ? null
            : await services.Db.FindAsync(request.ToAccount, request.Currency, cancellationToken);
        if (payer is null || payee is null)
            return AccountQueries.NotFound();
        if (payer.Id == payee.Id)
            return Problem.Of(
                ProblemCodes.SameAccount,
                "You cannot pay the account that you pay from. Choose another payee."
            );

        var user = await services.Reauthentication.UserAsync(caller, cancellationToken);
        var refused = request.Pin is { } pin
            ? await services.Reauthentication.PinAsync(user, pin, services.Http)
            : await services.Reauthentication.CodeAsync(user, request.Code!, services.Http);
        if (refused is not null)
            return refused;

        var (id, token) = services.Issuer.Issue(
            user,
            caller.SessionId,
            new AccountId(payer.Id),
            new AccountId(payee.Id),
            amount
        );
        var confirmed = new
        {
            id,
            to = payee.Id,
            amount = amount.ToString(),
            currency = currency.Code,
            by = request.Pin is null ? "code" : "pin",
        };
        await services.Audit.WriteAsync(
            new AuditEvent(AuditActions.PaymentConfirmed, services.Actor, "account", payer.Id.ToString())
            {
                After = confirmed,
            },
            cancellationToken
        );
        return TypedResults.Ok(new Response(token, services.Issuer.ExpiresIn));
    }
}
