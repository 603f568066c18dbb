using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Tests;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>What counts as an access token: everything else is nobody, in every service alike.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeAuthority _authority = new();
    private readonly SessionId _session = SessionId.New(TimeProvider.System);
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddSingleton<ISessionAuthority>(_authority);
        builder.AddProblems();
        builder.AddAccess();
        // No broker here: what it would tell is told directly.
        builder.Services.Remove(
            builder.Services.Single(service => service.ImplementationType?.Name == "BroadcastReader")
        );
        _app = builder.Build();
        _app.UseProblems();
        _app.UseAccess();
        _app.MapGet("/mine", (Caller caller) => caller.PartyId.ToString());
        _app.MapGet("/audit", () => "rows").RequireRoles(Role.Auditor);
        _app.MapGet("/open", () => "hello").AllowAnonymous();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Keys_that_protect_nothing_here_are_not_warned_of()
    {
        await StartAsync();
        var log = _app
            .Services.GetRequiredService<ILoggerFactory>()
            .CreateLogger("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager");
        Assert.Equal((false, true), (log.IsEnabled(LogLevel.Warning), log.IsEnabled(LogLevel.Error)));
    }

    [Fact]
    public async Task A_good_token_is_its_caller_and_nobody_gets_only_what_is_open()
    {
        await StartAsync();
        var party = PartyId.New(TimeProvider.System);
        using var mine = await AskAsync("/mine", Token(token => token.Claims["party"] = party.ToString()));
        Assert.Equal(party.ToString(), await mine.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var nobody = await AskAsync("/mine", null);
        await AssertRefusedAsync(nobody, HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("Bearer", nobody.Headers.WwwAuthenticate.ToString());
        using var open = await AskAsync("/open", null);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        using var withBadToken = await AskAsync("/open", "rubbish");
        Assert.Equal(HttpStatusCode.OK, withBadToken.StatusCode);
        using var customer = await AskAsync("/audit", Token());
        await AssertRefusedAsync(customer, HttpStatusCode.Forbidden, "forbidden");
        using var auditor = await AskAsync(
            "/audit",
            Token(token => token.Claims["roles"] = new[] { "customer", "auditor" })
        );
        Assert.Equal(HttpStatusCode.OK, auditor.StatusCode);
    }

    public static TheoryData<string> Forgeries =>
        [
            "rubbish",
            "other key",
            "other issuer",
            "other audience",
            "expired",
            "not yet",
            "no expiry",
            "other type",
            "alg none",
            "HS256 with the public key",
            "tampered",
            "no signature",
            "no session",
            "no party",
            "unknown role",
            "unknown tier",
        ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forgery_is_nobody(string forgery)
    {
        await StartAsync();
        using var answer = await AskAsync("/mine", Forge(forgery));
        await AssertRefusedAsync(answer, HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_token_ends_with_its_time_and_with_its_session_though_it_was_good_before()
    {
        await StartAsync();
        var (shortLived, ended) = (Token(), Token(token => token.Claims["sid"] = _session.ToString()));
        await AssertOkAsync("/mine", shortLived);
        await AssertOkAsync("/mine", ended);
        _app.Services.GetRequiredService<RevokedSessions>()
            .Add(new RevokedSession(_session, _clock.GetUtcNow().AddMinutes(5)));
        using (var answer = await AskAsync("/mine", ended))
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        await AssertOkAsync("/mine", shortLived);
        _clock.Advance(TimeSpan.FromMinutes(6));
        using var late = await AskAsync("/mine", shortLived);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task A_token_counts_as_it_was_issued_and_is_kept_once_whatever_its_signature_is_made_into()
    {
        await StartAsync();
        var token = Token();
        await AssertOkAsync("/mine", token);
        string[] others =
        [
            token + "=",
            token + "==",
            token.Replace('.', '='),
            token + " x",
            "=" + token,
            token + "%3D",
        ];
        foreach (var other in others)
        {
            using var answer = await AskAsync("/mine", other);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        // Anybody can turn the signature (r, s) into (r, n - s), which is as good.
        await AssertOkAsync("/mine", Mirrored(token));
        await AssertOkAsync("/mine", token);
        Assert.Equal(1, _app.Services.GetRequiredService<ValidatedTokenCache>().Count);
        // The one that is not kept is checked, not taken for the kept one.
        var end = token.LastIndexOf('.');
        var changed = token[end + 1] == 'A' ? 'B' : 'A';
        using var forged = await AskAsync("/mine", $"{token[..end]}.{changed}{token[(end + 2)..]}");
        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
    }

    private static string Mirrored(string token)
    {
        // The number of points of P-256.
        var order = Number(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"));
        var end = token.LastIndexOf('.');
        var signature = Base64UrlEncoder.DecodeBytes(token[(end + 1)..]);
        var half = signature.Length / 2;
        var s = (order - Number(signature.AsSpan(half))).ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(half).Clear();
        s.CopyTo(signature.AsSpan(signature.Length - s.Length));
        return token[..(end + 1)] + Base64UrlEncoder.Encode(signature);

        static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
    }

    [Fact]
    public async Task What_was_revoked_before_the_start_is_refused_too()
    {
        _authority.Revoked.Add(new RevokedSession(_session, _clock.GetUtcNow().AddMinutes(5)));
        await StartAsync();
        using var answer = await AskAsync("/mine", Token(token => token.Claims["sid"] = _session.ToString()));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Without_the_authority_nobody_is_told_that_the_token_is_bad()
    {
        _authority.IsAway = true;
        await StartAsync();
        using var answer = await AskAsync("/mine", Token());
        await AssertRefusedAsync(answer, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.NotNull(answer.Headers.RetryAfter);
        await AssertOkAsync("/open", null);
    }

    /// <summary>In Accounts the authority is its database, whose passing failures Entity Framework wraps.</summary>
    [Fact]
    public async Task An_authority_that_is_away_ends_no_process_and_is_asked_again()
    {
        (_authority.IsAway, _authority.Away) = (
            true,
            new InvalidOperationException(
                "likely due to a transient failure",
                new NpgsqlException("away", new SocketException())
            )
        );
        await StartAsync();
        var revoked = _app.Services.GetRequiredService<RevokedSessions>();
        Assert.False(revoked.ExecuteTask!.IsCompleted);
        Assert.False(revoked.IsKnown);
        _authority.IsAway = false;
        await Eventually.HoldsAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return revoked.IsKnown;
        });
        await AssertOkAsync("/mine", Token());
    }

    [Fact]
    public async Task A_new_key_counts_at_once_and_the_old_one_as_long_as_it_is_published()
    {
        await StartAsync();
        var before = Token();
        await AssertOkAsync("/mine", before);
        _authority.Rotate();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await AssertOkAsync("/mine", Token());
        await AssertOkAsync("/mine", before);
    }

    [Fact]
    public async Task A_client_that_goes_while_keys_are_read_keeps_no_new_key_from_others()
    {
        await StartAsync();
        await AssertOkAsync("/mine", Token());
        _authority.Rotate();
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var gone = new CancellationTokenSource();
        _authority.Reading = async reading =>
        {
            await gone.CancelAsync();
            // Where the reading is the client's, it ends with it.
            if (reading.CanBeCanceled)
                await new TaskCompletionSource().Task.WaitAsync(reading);
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mine")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token()) },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.SendAsync(request, gone.Token));
        await AssertOkAsync("/mine", Token());
    }

    private async Task StartAsync()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _client = _app.GetTestClient();
        // Read beside the start; until then nobody is let in.
        if (!_authority.IsAway)
            await Eventually.HoldsAsync(() => _app.Services.GetRequiredService<RevokedSessions>().IsKnown);
    }

    private async Task AssertOkAsync(string path, string? token)
    {
        using var answer = await AskAsync(path, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(
            $"\"code\":\"{code}\"",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private string Token(Action<SecurityTokenDescriptor>? change = null)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = "https://payflow.example",
            Audience = "payflow",
            TokenType = "at+jwt",
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            SigningCredentials = new SigningCredentials(_authority.Key, SecurityAlgorithms.EcdsaSha256),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = UserId.New(_clock).ToString(),
                ["party"] = PartyId.New(_clock).ToString(),
                ["sid"] = SessionId.New(_clock).ToString(),
                ["roles"] = new[] { "customer" },
                ["tier"] = "full",
            },
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private string Forge(string forgery)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var publicKey = Encoding.UTF8.GetBytes(_authority.Key.ECDsa.ExportSubjectPublicKeyInfoPem());
        return forgery switch
        {
            "rubbish" => "rubbish",
            "other key" => Token(token =>
                token.SigningCredentials = new SigningCredentials(
                    new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = _authority.Key.KeyId },
                    SecurityAlgorithms.EcdsaSha256
                )
            ),
            "other issuer" => Token(token => token.Issuer = "https://elsewhere.example"),
            "other audience" => Token(token => token.Audience = "elsewhere"),
            "expired" => Token(token =>
                (token.NotBefore, token.IssuedAt, token.Expires) = (
                    now.AddMinutes(-9),
                    now.AddMinutes(-9),
                    now.AddSeconds(-6)
                )
            ),
            "not yet" => Token(token => token.NotBefore = now.AddMinutes(1)),
            "no expiry" => Token(token => token.Expires = null),
            "other type" => Token(token => token.TokenType = "JWT"),
            "alg none" => Unsigned(Token()),
            "HS256 with the public key" => Token(token =>
                token.SigningCredentials = new SigningCredentials(
                    new SymmetricSecurityKey(publicKey) { KeyId = _authority.Key.KeyId },
                    SecurityAlgorithms.HmacSha256
                )
            ),
            "tampered" => Tampered(Token()),
            "no signature" => Token()[..(Token().LastIndexOf('.') + 1)],
            "no session" => Token(token => token.Claims.Remove("sid")),
            "no party" => Token(token => token.Claims.Remove("party")),
            "unknown role" => Token(token => token.Claims["roles"] = new[] { "emperor" }),
            "unknown tier" => Token(token => token.Claims["tier"] = "boundless"),
            _ => throw new ArgumentOutOfRangeException(nameof(forgery)),
        };
    }

    private static string Unsigned(string token) =>
        Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + token.Split('.')[1] + ".";

    private static string Tampered(string token)
    {
        var parts = token.Split('.');
        var claims = Base64UrlEncoder.Decode(parts[1]).Replace("\"customer\"", "\"admin\"", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}";
    }
}
