using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.Accounts.Identity;

public static class SignInCounting
{
    private static readonly Counter<long> Attempts = new Meter(PasswordHashing.MeterName).CreateCounter<long>(
        "payflow.sign_in.attempts",
        "{attempt}",
        "Tries to sign in, by outcome: ok, or the code of the problem"
    );

    /// <summary>The outcomes that alerts ask for.</summary>
    public static void Begin()
    {
        foreach (
            var outcome in (string[])
                ["ok", IdentityProblems.InvalidCredentials.Code, IdentityProblems.SecondFactorRequired.Code]
        )
            Attempts.Begin(new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>
    /// Of an endpoint that signs in. It goes before what may turn the request away, so that this is counted, too.
    /// </summary>
    public static RouteHandlerBuilder CountsSignIns(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter(
            async (context, next) =>
            {
                var answer = await next(context);
                var result = answer is INestedHttpResult nested ? nested.Result : answer;
                Attempts.Add(
                    1,
                    new KeyValuePair<string, object?>(
                        "outcome",
                        result is ProblemHttpResult problem ? problem.ProblemDetails.Extensions["code"] : "ok"
                    )
                );
                return answer;
            }
        );
}
