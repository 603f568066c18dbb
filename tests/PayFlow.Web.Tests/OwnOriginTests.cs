using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MudBlazor.Services;
using PayFlow.Tests;
using PayFlow.Web.Circuits;
using PayFlow.Web.Live;
using PayFlow.Web.Shared;
using PayFlow.Web.SignIn;

namespace PayFlow.Web.Tests;

/// <summary>
/// The wallet's hub and forms before a browser that is signed in, asked by pages of this and of other origins.
/// </summary>
public sealed class OwnOriginTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>
    /// <c>[1, {}, "1", "ConnectCircuit", ["x"]]</c> in MessagePack, behind its length: what SignalR's protocol calls an
    /// invocation.
    /// </summary>
    private static readonly byte[] UnknownCircuit =
    [
        23,
        0x95,
        1,
        0x80,
        0xA1,
        (byte)'1',
        0xAE,
        .. "ConnectCircuit"u8,
        0x91,
        0xA1,
        (byte)'x',
    ];

    // Kinds of its messages, which stand behind the length and the number of parts.
    private const byte Completion = 3;
    private const byte KeepAlive = 6;

    private readonly CookieContainer _cookies = new();
    private readonly FakeServices _services = new();
    private WebApplication _app = null!;
    private HttpClient _browser = null!;

    public async ValueTask InitializeAsync()
    {
        // As behind an Ingress, which says how the browser came.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "PayFlow.Web",
                EnvironmentName = "Development",
                Args = ["--urls=http://127.0.0.1:0", "--ForwardedHeaders_Enabled=true"],
            }
        );
        builder.Logging.ClearProviders();
        builder.AddBrowserSession();
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton<LiveUpdates>()
            .AddSingleton<IHttpClientFactory>(_services);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddMudServices();
        builder.AddCircuits();
        _app = builder.Build();
        _app.UseRouting();
        _app.UsePageSecurity();
        _app.UseOwnOrigin();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.UseAntiforgery();
        _app.MapBrowserSession();
        _app.MapGet(
            "/in",
            (HttpContext http) =>
                BrowserSession.SignInAsync(
                    http,
                    new SignedIn(
                        OpenWallet.SessionId,
                        new SignedInUser(People.AshaOwner, People.AshaOwner, "Asha Rao", "@asha", [])
                    )
                )
        );
        _app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization(BrowserSession.Policy);
        await _app.StartAsync(Cancel);
        var address = _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        _browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = _cookies })
        {
            BaseAddress = new Uri(address),
        };
        await _browser.GetStringAsync("/in", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        _services.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("own", "same-origin", true)]
    [InlineData("own", null, true)]
    [InlineData("null", "same-origin", true)]
    [InlineData(null, "same-origin", true)]
    // Not sent by a browser's page, which has no way to leave both away.
    [InlineData(null, null, true)]
    [InlineData(null, "none", true)]
    [InlineData("http://evil.example", "cross-site", false)]
    [InlineData("http://evil.example", null, false)]
    [InlineData("http://evil.example", "same-origin", false)]
    [InlineData("http://127.0.0.1:9999", null, false)]
    [InlineData("https://own", null, false)]
    [InlineData("own", "same-site", false)]
    [InlineData("own", "cross-site", false)]
    [InlineData(null, "same-site", false)]
    [InlineData("null", null, false)]
    [InlineData("null", "cross-site", false)]
    [InlineData("file://", null, false)]
    [InlineData("not an address", null, false)]
    [InlineData("own, http://evil.example", null, false)]
    [InlineData("http://user@own", null, true)]
    public async Task Hub_and_forms_answer_pages_of_their_own_origin_alone(string? origin, string? site, bool isOwn)
    {
        var host = _browser.BaseAddress!.Authority;
        origin = origin is "own"
            ? $"http://{host}"
            : origin?.Replace(
                "own",
                origin.Contains(',', StringComparison.Ordinal) ? $"http://{host}" : host,
                StringComparison.Ordinal
            );
        foreach (
            var (method, path) in new[]
            {
                ("POST", "/_blazor/negotiate?negotiateVersion=1"),
                ("GET", "/_blazor"),
                ("POST", "/_blazor/disconnect"),
                ("POST", "/sign-out"),
                ("POST", "/sign-in"),
            }
        )
        {
            var status = await AskAsync(method, path, origin, site);
            Assert.True(isOwn == (status != HttpStatusCode.Forbidden), $"{method} {path}: {status.ToString()}");
        }

        Assert.Equal(isOwn, await OpensAsync(origin, site));
        // A link from anywhere opens a page.
        Assert.Equal(HttpStatusCode.OK, await AskAsync("GET", "/not-found", origin, site));
    }

    [Theory]
    [InlineData("https://wallet.example", true)]
    [InlineData("https://wallet.example:443", true)]
    [InlineData("http://wallet.example", false)]
    [InlineData("https://other.wallet.example", false)]
    [InlineData("https://wallet.example:8443", false)]
    public async Task The_origin_is_the_one_that_the_browser_sees_before_the_proxy(string origin, bool isOwn)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1")
        {
            Headers =
            {
                { "Host", "wallet.example" },
                { "X-Forwarded-Proto", "https" },
                { "Origin", origin },
            },
        };
        using var answer = await _browser.SendAsync(request, Cancel);
        Assert.Equal(isOwn, answer.StatusCode != HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_session_has_so_many_connections_and_one_more_is_closed()
    {
        var open = new List<ClientWebSocket>();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                open.Add(await ConnectAsync());
                Assert.True(await IsOpenAsync(open[^1]));
            }

            using (var surplus = await ConnectAsync())
                Assert.False(await IsOpenAsync(surplus));
            open[0].Abort();
            // The server notices a moment later that it has gone.
            await Eventually.HoldsAsync(async () =>
            {
                using var again = await ConnectAsync();
                return await IsOpenAsync(again);
            });
        }
        finally
        {
            foreach (var one in open)
                one.Dispose();
        }
    }

    [Fact]
    public async Task Nobody_is_led_to_the_host_that_a_request_names()
    {
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _browser.BaseAddress,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/send?to=%40neha&note=%C3%A4")
        {
            Headers = { { "Host", "evil.example" } },
        };
        using var answer = await stranger.SendAsync(request, Cancel);
        Assert.Equal(
            (HttpStatusCode.Redirect, "/sign-in?returnUrl=%2Fsend%3Fto%3D%2540neha%26note%3D%25C3%25A4"),
            (answer.StatusCode, answer.Headers.Location?.OriginalString)
        );
    }

    [Fact]
    public async Task A_page_says_to_its_own_origin_where_a_form_comes_from()
    {
        using var page = await _browser.GetAsync("/not-found", Cancel);
        Assert.Equal("same-origin", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket { Options = { Cookies = _cookies } };
        await socket.ConnectAsync(new Uri($"ws://{_browser.BaseAddress!.Authority}/_blazor"), Cancel);
        // SignalR's handshake, which the server answers before it decides.
        await socket.SendAsync(
            "{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(),
            WebSocketMessageType.Text,
            endOfMessage: true,
            Cancel
        );
        await socket.ReceiveAsync(new byte[64], Cancel);
        return socket;
    }

    /// <summary>
    /// Asks for a circuit that nobody has: a connection that was let in says so, and one that was not is closed.
    /// </summary>
    private static async Task<bool> IsOpenAsync(ClientWebSocket socket)
    {
        try
        {
            await socket.SendAsync(UnknownCircuit, WebSocketMessageType.Binary, endOfMessage: true, Cancel);
            var message = new byte[1024];
            WebSocketReceiveResult answer;
            do answer = await socket.ReceiveAsync(message, Cancel);
            while (answer.MessageType == WebSocketMessageType.Binary && message[2] == KeepAlive);
            return answer.MessageType == WebSocketMessageType.Binary && message[2] == Completion;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private async Task<HttpStatusCode> AskAsync(string method, string path, string? origin, string? site)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        if (site is not null)
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        using var answer = await _browser.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private async Task<bool> OpensAsync(string? origin, string? site)
    {
        using var socket = new ClientWebSocket { Options = { Cookies = _cookies, CollectHttpResponseDetails = true } };
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        if (site is not null)
            socket.Options.SetRequestHeader("Sec-Fetch-Site", site);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{_browser.BaseAddress!.Authority}/_blazor"), Cancel);
            return true;
        }
        catch (WebSocketException)
        {
            Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
            return false;
        }
    }
}
