using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>
/// What counts as the confirmation of a payment: one of this payment, by who pays it, and nothing else.
/// </summary>
public sealed class PaymentConfirmationTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeAuthority _authority = new();
    private readonly SigningKeyProvider _keys;
    private readonly RevokedSessions _revoked;
    private readonly PaymentConfirmations _confirmations;
    private readonly SessionId _proof = SessionId.New(TimeProvider.System);
    private readonly PaymentToConfirm _payment = new(
        UserId.New(TimeProvider.System),
        SessionId.New(TimeProvider.System),
        AccountId.New(TimeProvider.System),
        AccountId.New(TimeProvider.System),
        Money.Parse("5000.10", "INR")
    );
    private readonly Guid _id = TypedId.NewGuid(TimeProvider.System);

    public PaymentConfirmationTests()
    {
        var access = new AccessOptions();
        _keys = new SigningKeyProvider(_authority, access, _clock);
        _revoked = new RevokedSessions(_authority, _clock, NullLogger<RevokedSessions>.Instance);
        _confirmations = new PaymentConfirmations(access, _keys, _revoked, _clock);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _revoked.Dispose();
    }

    [Fact]
    public async Task A_confirmation_of_this_payment_is_good_and_named() =>
        Assert.Equal(new ConfirmationVerdict.Good(_id), await CheckAsync(Token()));

    public static TheoryData<string> Forgeries =>
        [
            "rubbish",
            "other key",
            "other issuer",
            "other audience",
            "expired",
            "no expiry",
            "access token",
            "alg none",
            "HS256 with the public key",
            "tampered",
            "other user",
            "other session",
            "no session",
            "no proof",
            "odd proof",
            "other payer",
            "other payee",
            "other amount",
            "same amount written otherwise",
            "other currency",
            "no id",
            "odd id",
        ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Any_other_is_bad(string forgery) =>
        Assert.Equal(new ConfirmationVerdict.Bad(), await CheckAsync(Forge(forgery)));

    [Fact]
    public async Task It_ends_with_a_change_of_what_it_was_proved_with()
    {
        var token = Token();
        Assert.IsType<ConfirmationVerdict.Good>(await CheckAsync(token));
        _revoked.Add(new RevokedSession(_proof, _clock.GetUtcNow().AddMinutes(6)));
        Assert.IsType<ConfirmationVerdict.Bad>(await CheckAsync(token));
        Assert.IsType<ConfirmationVerdict.Good>(await CheckAsync(With("proof", SessionId.New(_clock).ToString())));
    }

    [Fact]
    public async Task Without_the_authoritys_keys_nothing_is_said_of_it()
    {
        _authority.IsAway = true;
        Assert.Equal(new ConfirmationVerdict.Unknown(), await CheckAsync(Token()));
    }

    [Fact]
    public async Task It_ends_with_its_time_and_a_new_key_counts_at_once()
    {
        var before = Token();
        Assert.IsType<ConfirmationVerdict.Good>(await CheckAsync(before));
        _authority.Rotate();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<ConfirmationVerdict.Good>(await CheckAsync(Token()));
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.IsType<ConfirmationVerdict.Bad>(await CheckAsync(before));
    }

    private async Task<ConfirmationVerdict> CheckAsync(string token) =>
        await _confirmations.CheckAsync(token, _payment, TestContext.Current.CancellationToken);

    private string Token(Action<SecurityTokenDescriptor>? change = null)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = "https://payflow.example",
            Audience = "payflow",
            TokenType = "pc+jwt",
            IssuedAt = now,
            Expires = now.AddMinutes(2),
            SigningCredentials = new SigningCredentials(_authority.Key, SecurityAlgorithms.EcdsaSha256),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["jti"] = _id.ToString(),
                ["sub"] = _payment.User.ToString(),
                ["sid"] = _payment.Session.ToString(),
                ["proof"] = _proof.ToString(),
                ["from"] = _payment.Payer.ToString(),
                ["to"] = _payment.Payee.ToString(),
                ["amount"] = "5000.10",
                ["currency"] = "INR",
            },
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private string With(string claim, string value) => Token(token => token.Claims[claim] = value);

    private string Forge(string forgery)
    {
        var parts = Token().Split('.');
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
            "expired" => Token(token => token.Expires = _clock.GetUtcNow().UtcDateTime.AddSeconds(-6)),
            "no expiry" => Token(token => token.Expires = null),
            "access token" => Token(token => token.TokenType = AccessClaims.Type),
            "alg none" => $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"pc+jwt\"}")}.{parts[1]}.",
            "HS256 with the public key" => Token(token =>
                token.SigningCredentials = new SigningCredentials(
                    new SymmetricSecurityKey(
                        Encoding.UTF8.GetBytes(_authority.Key.ECDsa.ExportSubjectPublicKeyInfoPem())
                    )
                    {
                        KeyId = _authority.Key.KeyId,
                    },
                    SecurityAlgorithms.HmacSha256
                )
            ),
            "tampered" => string.Join(
                '.',
                parts[0],
                Base64UrlEncoder.Encode(
                    Base64UrlEncoder.Decode(parts[1]).Replace("5000.10", "9000.10", StringComparison.Ordinal)
                ),
                parts[2]
            ),
            "other user" => With("sub", UserId.New(_clock).ToString()),
            "other session" => With("sid", SessionId.New(_clock).ToString()),
            "no session" => Token(token => token.Claims.Remove("sid")),
            "no proof" => Token(token => token.Claims.Remove("proof")),
            "odd proof" => With("proof", "1"),
            "other payer" => With("from", AccountId.New(_clock).ToString()),
            "other payee" => With("to", AccountId.New(_clock).ToString()),
            "other amount" => With("amount", "5000.11"),
            "same amount written otherwise" => With("amount", "5000.1"),
            "other currency" => With("currency", "USD"),
            "no id" => Token(token => token.Claims.Remove("jti")),
            "odd id" => With("jti", "1"),
            _ => throw new ArgumentOutOfRangeException(nameof(forgery)),
        };
    }
}
