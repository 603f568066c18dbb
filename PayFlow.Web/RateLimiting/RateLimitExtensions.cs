using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Web.RateLimiting;

public static class RateLimitExtensions
{
    public static WebApplicationBuilder AddRateLimits(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<RateLimitOptions>()
            .Bind(builder.Configuration.GetSection("RateLimits"))
            .Validate(
                options =>
                    new[] { options.User, options.Anonymous, options.SignIn }.All(bucket =>
                        bucket is { Burst: >= 1, PerSecond: > 0 }
                    ),
                "RateLimits: every Burst is 1 or more, every PerSecond above 0."
            )
            .ValidateOnStart();
        if (builder.AddRedis())
            builder.Services.AddSingleton<SharedBuckets>();
        builder.Services.AddSingleton<RateLimits>();
        return builder;
    }

    public static WebApplication UseRateLimits(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<RateLimits>();
        app.Use((context, next) => limits.InvokeAsync(context, next));
        return app;
    }
}
