using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// <c>POST /accounts</c>: one open account a person and currency, and so many a day and in all
/// (<see cref="AccountBounds"/>). The holder is the caller.
/// </summary>
public static class OpenAccount
{
    public sealed record Request(string Currency) : IHasExample<Request>
    {
        public static Request Example => new("JPY");
    }

    public sealed record Services(AccountsDbContext Db, AccountOpening Opening, AccountBounds Bounds);

    public static async Task<Results<Created<AccountResponse>, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        AuditActor who,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        if (!Currency.TryParse(request.Currency, out var currency))
            return Problem.Invalid("currency", "Must be an ISO 4217 code such as INR.");
        if (currency.IsWithdrawn)
            return Problem.Invalid("currency", $"{currency} was withdrawn from ISO 4217. Choose its successor.");
        var party = await services
            .Db.Parties.AsNoTracking()
            .SingleAsync(known => known.Id == caller.PartyId.Value, cancellationToken);
        var kind = caller.Is(Role.Merchant) ? AccountKind.Merchant : AccountKind.Customer;
        var (row, problem) = await services.Opening.OpenAsync(
            new NewAccount
            {
                Name = party.Name,
                Email = party.Email,
                Currency = request.Currency,
                Handle = party.Handle,
                Kind = kind,
            },
            who,
            cancellationToken
        );
        if (problem == ProblemCodes.LimitExceeded)
        {
            return Problem.Of(
                problem,
                $"You can open at most {services.Bounds.Day} accounts within 24 hours and "
                    + $"{services.Bounds.Total} in total, including closed ones. "
                    + "Use an open account, or try again tomorrow."
            );
        }

        return row is null
            ? Problem.Of(problem!, "Use the existing account, or choose another currency.")
            : TypedResults.Created($"/api/v1/accounts/{row.Id}", AccountResponse.From(row));
    }
}
