using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

/// <summary>The problem codes of signing in and of secrets.</summary>
public static class IdentityProblems
{
    public static readonly ProblemCode InvalidCredentials = new(
        "invalid_credentials",
        401,
        "The e-mail address or the password is wrong."
    );
    public static readonly ProblemCode SecondFactorRequired = new(
        "second_factor_required",
        401,
        "A code of the second factor is required."
    );
    public static readonly ProblemCode SessionEnded = new("session_ended", 401, "The session has ended.");
    public static readonly ProblemCode WrongPassword = new("wrong_password", 403, "The password is wrong.");
    public static readonly ProblemCode WrongPin = new("wrong_pin", 403, "The payment PIN is wrong.");
    public static readonly ProblemCode WrongCode = new(
        "wrong_code",
        403,
        "The code is wrong, already used or expired."
    );
    public static readonly ProblemCode SessionNotFound = new("session_not_found", 404, "The session was not found.");
    public static readonly ProblemCode EmailNotVerified = new(
        "email_not_verified",
        409,
        "The e-mail address is not verified."
    );
    public static readonly ProblemCode PinNotSet = new("pin_not_set", 409, "No payment PIN is set.");
    public static readonly ProblemCode SecondFactorState = new(
        "second_factor_state",
        409,
        "The second factor's state does not allow this."
    );
    public static readonly ProblemCode TooManyTries = new("too_many_tries", 429, "Too many wrong attempts.");
}
