using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Answers HEAD as GET, without the body, which the server itself leaves away (RFC 9110, 9.3.2). It goes before routing, which otherwise
/// finds no route for HEAD.
/// </summary>
public static class HeadRequests
{
    public static WebApplicationBuilder AddHeadRequests(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<IStartupFilter, Filter>();
        return builder;
    }

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, serve) =>
            {
                if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
                return serve(context);
            });
            next(app);
        };
    }
}
