using PayFlow.Web.Api;

namespace PayFlow.Web.SignIn;

/// <summary>Why a password, PIN or code was refused, and what to do.</summary>
public static class CredentialText
{
    /// <returns>Null where it is done, otherwise what happened and what to do.</returns>
    public static string? Of<T>(ApiAnswer<T> answer)
        where T : class =>
        answer.Outcome switch
        {
            ApiOutcome.Ok => null,
            ApiOutcome.Unknown => "We don't know whether that worked: the answer got lost. Look again in a moment.",
            _ => Refusal(answer.Problem),
        };

    public static string Refusal(ApiProblem? problem) =>
        problem?.Code switch
        {
            "wrong_password" => "The password is wrong. Nothing was changed.",
            "wrong_pin" => "The PIN is wrong. Nothing was changed.",
            "wrong_code" when problem.TriesLeft is { } left =>
                "The code is wrong or was used already. Use the next one: "
                    + $"{left} {(left == 1 ? "attempt is" : "attempts are")} left.",
            "wrong_code" => "The code is wrong or was used already. Use the next one.",
            "too_many_tries" => "Too many wrong attempts. Wait a while, then try again.",
            "rate_limited" => "Too many attempts in a short time. Wait a few seconds, then try again.",
            "too_many_requests" => "PayFlow is very busy right now. Try again in a moment.",
            "validation" when problem.Errors is { Count: > 0 } errors => string.Join(
                ' ',
                errors.Values.SelectMany(error => error)
            ),
            _ => problem?.Detail ?? "That did not work. Try again in a moment.",
        };

    /// <summary>
    /// What to do about a field of sign-up that was refused; the service's own words say by which rule.
    /// </summary>
    public static string WrongField(string field, ApiProblem problem) =>
        field switch
        {
            "name" => $"Enter your name, up to 100 characters. {Rule(field, problem)}".TrimEnd(),
            "email" => $"Enter an address such as name@example.com. {Rule(field, problem)}".TrimEnd(),
            _ => string.Join(' ', problem.Errors![field]),
        };

    // The bare rule of a length or a shape says nothing that the help before it does not.
    private static string Rule(string field, ApiProblem problem) =>
        string.Join(
            ' ',
            problem
                .Errors![field]
                .Where(rule =>
                    !rule.StartsWith("Must have 1 to ", StringComparison.Ordinal)
                    && !rule.StartsWith("Must be an e-mail address", StringComparison.Ordinal)
                )
        );
}
