using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.RateLimiting;

namespace PayFlow.Web.Tests;

/// <summary>Requests as the limits see them.</summary>
internal static class Asking
{
    private static readonly IServiceProvider Services = new ServiceCollection()
        .AddSingleton<ILoggerFactory>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)
        .BuildServiceProvider();

    public static async Task<int> AcceptedAsync(
        this RateLimits limits,
        int times,
        string path,
        string address,
        UserId? user = null,
        string method = "GET"
    )
    {
        var accepted = 0;
        for (var i = 0; i < times; i++)
        {
            if ((await limits.AskAsync(path, address, user, method)).Response.StatusCode == (int)HttpStatusCode.OK)
                accepted++;
        }

        return accepted;
    }

    public static async Task<HttpContext> AskAsync(
        this RateLimits limits,
        string path,
        string address,
        UserId? user = null,
        string method = "GET"
    )
    {
        var context = new DefaultHttpContext { RequestServices = Services };
        (context.Request.Method, context.Request.Path, context.Response.Body) = (method, path, new MemoryStream());
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        if (user is { } id)
            context.Features.Set(
                new Caller(
                    id,
                    PartyId.New(TimeProvider.System),
                    SessionId.New(TimeProvider.System),
                    [Role.Customer],
                    KycTier.Full,
                    TenantId.Default
                )
            );
        await limits.InvokeAsync(context, _ => Task.CompletedTask);
        return context;
    }
}
