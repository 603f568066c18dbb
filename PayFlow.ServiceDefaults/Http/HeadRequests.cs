using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Answers HEAD as GET, without the body, which the server itself leaves away (RFC 9110, 9.3.2). It goes before
/// routing, which otherwise finds no route for HEAD.
/// </summary>
public static class HeadRequests
{
    private static readonly object Key = new();

    public static WebApplicationBuilder AddHeadRequests(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<IStartupFilter, Filter>();
        return builder;
    }

    /// <summary>The method that the client has sent.</summary>
    public static string MethodOf(HttpContext context) =>
        context.Items.ContainsKey(Key) ? HttpMethods.Head : context.Request.Method;

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, serve) =>
                    {
                        if (HttpMethods.IsHead(context.Request.Method))
                        {
                            context.Items[Key] = Key;
                            context.Request.Method = HttpMethods.Get;
                        }

                        return serve(context);
                    }
                );
                next(app);
            };
    }
}
