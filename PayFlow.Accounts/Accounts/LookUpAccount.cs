using Microsoft.AspNetCore.Http.HttpResults;

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
        CancellationToken cancellationToken,
        string currency = "INR"
    ) =>
        await payees.FindAsync(to, currency, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : AccountQueries.NotFound();
}
