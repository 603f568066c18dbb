using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>PUT /auth/pin</c>: sets the payment PIN, by the password or the PIN that is set, and a code as well where the
/// second factor is on. A lock of PINs ends with it, and no other lock.
/// </summary>
public static class SetPin
{
    /// <param name="Password">Or <paramref name="CurrentPin"/>, one of both.</param>
    /// <param name="Code">Of the second factor, or a recovery code, where it is on.</param>
    public sealed record Request(
        [property: SecretText] string Pin,
        [property: SecretText] string? Password = null,
        [property: SecretText] string? CurrentPin = null,
        [property: SecretText] string? Code = null
    ) : IHasExample<Request>
    {
        public static Request Example => new("9731", CurrentPin: "2468");
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        [AsParameters] CredentialServices services,
        PaymentPins pins,
        WrongTries tries,
        CancellationToken cancellationToken
    )
    {
        var objection = PinRules.Objection(request.Pin);
        var errors = new FieldErrors()
            .AddIf(objection is not null, "pin", objection ?? "")
            .AddIf(
                request.Password is null == request.CurrentPin is null,
                "password",
                "Send either password or currentPin."
            );
        if (errors.Any)
            return errors.ToProblem();
        var user = await services.Reauthentication.UserAsync(caller, cancellationToken);
        var refused = await services.Reauthentication.AndCodeAsync(
            user,
            () =>
                request.Password is { } password
                    ? services.Reauthentication.PasswordAsync(user, password, services.Http)
                    : services.Reauthentication.PinAsync(user, request.CurrentPin!, services.Http),
            request.Code,
            services.Http
        );
        if (refused is not null)
            return refused;

        var hash = await pins.HashAsync(user.Id, request.Pin);
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        await services
            .Db.Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(one => one.PinHash, hash), cancellationToken);
        await tries.ForgetAsync(user.Id, SecretKind.Pin, cancellationToken);
        await services.Alerts.CommitAsync(
            work,
            user,
            "payment_pin_set",
            new AuditEvent(AuditActions.PinSet, services.Actor, "user", user.Id.ToString())
            {
                Before = new { isSet = user.PinHash is not null },
                After = new { by = request.Password is null ? "pin" : "password" },
            },
            cancellationToken
        );
        return TypedResults.NoContent();
    }
}
