using System.Globalization;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

public static class HashingEndpoints
{
    /// <summary>
    /// Of an endpoint that hashes: a caller who sends too many requests, or whose turn would not come soon, gets a 429
    /// with Retry-After.
    /// </summary>
    public static RouteHandlerBuilder Hashes(this RouteHandlerBuilder endpoint, HashingLane lane) =>
        endpoint.AddEndpointFilter(
            async (context, next) =>
            {
                var (http, services) = (context.HttpContext, context.HttpContext.RequestServices);
                var login = context.Arguments.OfType<INamesLogin>().FirstOrDefault()?.Email;
                var caller = HashingCaller.Of(http, lane, login, services.GetRequiredService<PeopleOptions>().Hashing);
                var (turn, refusal) = services.GetRequiredService<HashingAdmission>().TryEnter(caller);
                if (refusal is not null)
                {
                    http.Response.Headers.RetryAfter = Math.Ceiling(refusal.Wait.TotalSeconds)
                        .ToString(CultureInfo.InvariantCulture);
                    return Problem.Of(refusal.Code, refusal.Detail);
                }

                using (turn)
                {
                    turn!.Begin();
                    return await next(context);
                }
            }
        );
}
