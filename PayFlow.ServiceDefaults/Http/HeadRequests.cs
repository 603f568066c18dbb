using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Answers HEAD as GET, without the body, which the server itself leaves away (RFC 9110, 9.3.2). It goes before
/// routing, which otherwise finds no route for HEAD. For the same reason it adds HEAD to <c>Allow</c>.
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

    /// <summary>Routing lists the methods of the routes, and no route has HEAD.</summary>
    private static Task AllowHeadAsync(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        // Almost every answer has none, that of a payment too.
        if (headers.Allow.Count == 0)
            return Task.CompletedTask;
        var methods = headers.Allow.ToString().Split(',', StringSplitOptions.TrimEntries);
        if (methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head))
            headers.Allow = string.Join(", ", methods.Append(HttpMethods.Head));
        return Task.CompletedTask;
    }

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
                        else if (!HttpMethods.IsGet(context.Request.Method))
                        {
                            context.Response.OnStarting(AllowHeadAsync, context.Response);
                        }

                        return serve(context);
                    }
                );
                next(app);
            };
    }
}
