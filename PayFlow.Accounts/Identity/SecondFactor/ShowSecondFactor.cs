using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>GET /auth/second-factor</c>: whether it is on, how many recovery codes are left, and whether a payment PIN is
/// set.
/// </summary>
public static class ShowSecondFactor
{
    /// <param name="LockedUntil">
    /// Until when PINs are refused after too many wrong ones; null where they are not.
    /// </param>
    /// <param name="CodesLockedUntil">The same for codes of the second factor.</param>
    public sealed record Response(
        bool Enabled,
        int RecoveryCodesLeft,
        bool PinSet,
        bool EmailVerified,
        DateTimeOffset? LockedUntil,
        DateTimeOffset? CodesLockedUntil
    );

    public static async Task<Ok<Response>> HandleAsync(
        Caller caller,
        HttpContext http,
        Reauthentication reauthentication,
        WrongTries tries,
        AccountsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var user = await reauthentication.UserAsync(caller, cancellationToken);
        var left = await db.RecoveryCodes.CountAsync(
            row => row.UserId == user.Id && row.UsedAt == null,
            cancellationToken
        );
        var (_, pins) = await tries.StateAsync(user.Id, SecretKind.Pin, TryOrigin.All, cancellationToken);
        var origin = await tries.OriginAsync(user.Id, http, null, cancellationToken);
        var (_, codes) = await tries.StateAsync(user.Id, SecretKind.Code, origin, cancellationToken);
        return TypedResults.Ok(
            new Response(user.TwoFactorEnabled, left, user.PinHash is not null, user.EmailConfirmed, pins, codes)
        );
    }
}
