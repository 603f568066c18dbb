using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// <c>GET /accounts/lookup?to=</c>: whom one is about to pay, and nothing more of them. Clients then pay the id.
/// </summary>
public static class LookUpAccount
{
    /// <param name="IsClosed">
    /// Nothing can be paid into it any more. A closed account is found by its id and number, not by its handle.
    /// </param>
    public sealed record Response(
        Guid Id,
        string DisplayName,
        string? Handle,
        string MaskedNumber,
        string Currency,
        bool IsClosed
    );

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        string to,
        PayeeLookUps payees,
        CurrentTenant tenant,
        CancellationToken cancellationToken,
        string currency = "INR"
    )
    {
        var errors = new FieldErrors()
            .AddIf(
                string.IsNullOrWhiteSpace(to) || to.Length > 100,
                "to",
                "Must be an account id, an account number or a handle such as @asha."
            )
            .AddIf(!Currency.TryParse(currency, out _), "currency", "Must be an ISO 4217 code such as INR.");
        if (errors.Any)
            return errors.ToProblem();
        return await payees.FindAsync(tenant.Id, to, currency, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : Problem.Of(
                ProblemCodes.AccountNotFound,
                $"No account has this id or number, or this handle in {currency}. "
                    + "Check the spelling and the currency."
            );
    }
}
