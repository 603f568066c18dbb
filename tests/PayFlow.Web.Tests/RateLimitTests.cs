using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.SignIn.Pages;

namespace PayFlow.Web.Tests;

/// <summary>Who asks too often is turned away, and nobody else is.</summary>
public sealed class RateLimitTests : IDisposable
{
    // So slow that nothing comes back while a test runs.
    private readonly RateLimits _limits = new(
        Options.Create(
            new RateLimitOptions
            {
                User = new BucketOptions { Burst = 4, PerSecond = 0.001 },
                Anonymous = new BucketOptions { Burst = 3, PerSecond = 0.001 },
                SignIn = new BucketOptions { Burst = 2, PerSecond = 0.001 },
            }
        )
    );

    public void Dispose() => _limits.Dispose();

    [Fact]
    public async Task A_bucket_that_is_empty_answers_429_and_says_when_to_come_again()
    {
        for (var left = 2; left >= 0; left--)
        {
            var good = await AskAsync("/api/v1/accounts/me", "10.0.0.1");
            Assert.Equal(StatusCodes.Status200OK, good.Response.StatusCode);
            Assert.Equal("\"anonymous\";q=3;w=3000", good.Response.Headers["RateLimit-Policy"].ToString());
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"\"anonymous\";r={left};t={(3 - left) * 1000}"),
                good.Response.Headers["RateLimit"].ToString()
            );
        }

        var refused = await AskAsync("/api/v1/accounts/me", "10.0.0.1");
        Assert.Equal(StatusCodes.Status429TooManyRequests, refused.Response.StatusCode);
        Assert.Equal("1000", refused.Response.Headers.RetryAfter.ToString());
        refused.Response.Body.Position = 0;
        Assert.Equal(
            "rate_limited",
            (
                await JsonSerializer.DeserializeAsync<JsonElement>(
                    refused.Response.Body,
                    cancellationToken: TestContext.Current.CancellationToken
                )
            )
                .GetProperty("code")
                .GetString()
        );
    }

    [Fact]
    public async Task Addresses_users_and_signing_in_are_counted_apart()
    {
        Assert.Equal(3, await AcceptedAsync("/api/v1/transactions", "10.0.0.1"));
        Assert.Equal(3, await AcceptedAsync("/api/v1/transactions", "10.0.0.2"));
        Assert.Equal(2, await AcceptedAsync("/api/v1/auth/sign-in", "10.0.0.1"));
        Assert.Equal(0, await AcceptedAsync("/api/auth/sign-up", "10.0.0.1"));
        Assert.Equal(0, await AcceptedAsync("/api/v1/auth/sign-in/", "10.0.0.1"));
        Assert.Equal(0, await AcceptedAsync("/sign-in", "10.0.0.1", method: "POST"));
        Assert.Equal(
            "/sign-in?slow=true",
            (await AskAsync("/sign-in", "10.0.0.1", method: "POST")).Response.Headers.Location.ToString()
        );
        // Somebody who has signed in counts as themselves, from a spent address too, and from everywhere as one.
        var user = UserId.New(TimeProvider.System);
        Assert.Equal(4, await AcceptedAsync("/api/v1/transactions", "10.0.0.1", user));
        Assert.Equal(0, await AcceptedAsync("/api/v1/transactions", "10.0.0.3", user));
        Assert.Equal(4, await AcceptedAsync("/api/v1/transactions", "10.0.0.1", UserId.New(TimeProvider.System)));
    }

    [Fact]
    public async Task An_IPv6_network_is_one_address_and_a_mapped_IPv4_is_itself()
    {
        Assert.Equal(3, await AcceptedAsync("/api/v1/transactions", "2001:db8:1:2::1"));
        Assert.Equal(0, await AcceptedAsync("/api/v1/transactions", "2001:db8:1:2:ffff::9"));
        Assert.Equal(3, await AcceptedAsync("/api/v1/transactions", "2001:db8:1:3::1"));
        Assert.Equal(3, await AcceptedAsync("/api/v1/transactions", "10.1.1.1"));
        Assert.Equal(0, await AcceptedAsync("/api/v1/transactions", "::ffff:10.1.1.1"));
    }

    /// <summary>
    /// Every page that somebody uses who has not signed in: their routes are read from the pages themselves.
    /// </summary>
    public static TheoryData<string> Forms =>
        [
            .. typeof(SignInPage)
                .Assembly.GetTypes()
                .Where(type => type.Namespace == typeof(SignInPage).Namespace && type != typeof(OpenElsewherePage))
                .SelectMany(type => type.GetCustomAttributes<RouteAttribute>())
                .Select(route => route.Template),
        ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_form_at_the_door_has_the_strict_bucket_and_says_so_in_the_form(string path)
    {
        // With a slash at its end it is the same form.
        Assert.Equal(2, await AcceptedAsync(path + "/", "10.0.0.1", method: "POST"));
        var refused = await AskAsync(path, "10.0.0.1", method: "POST");
        Assert.Equal(
            (StatusCodes.Status302Found, $"{path}?slow=true"),
            (refused.Response.StatusCode, refused.Response.Headers.Location.ToString())
        );
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/_blazor")]
    [InlineData("/sign-in")]
    [InlineData("/health")]
    public async Task Pages_and_probes_are_not_counted(string path) =>
        Assert.Equal(10, await AcceptedAsync(path, "10.0.0.1"));

    private Task<int> AcceptedAsync(string path, string address, UserId? user = null, string method = "GET") =>
        _limits.AcceptedAsync(10, path, address, user, method);

    private Task<HttpContext> AskAsync(string path, string address, string method = "GET") =>
        _limits.AskAsync(path, address, method: method);
}
