using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Accounts as the others meet it: the keys that sign, and who was revoked.</summary>
internal sealed class FakeAuthority : ISessionAuthority
{
    private readonly List<ECDsaSecurityKey> _keys = [];

    public FakeAuthority() => Rotate();

    public ECDsaSecurityKey Key => _keys[^1];

    public List<RevokedSession> Revoked { get; } = [];

    public bool IsAway { get; set; }

    /// <summary>How it fails then.</summary>
    public Exception Away { get; set; } = new HttpRequestException("away");

    /// <summary>What happens while the keys are read.</summary>
    public Func<CancellationToken, Task> Reading { get; set; } = _ => Task.CompletedTask;

    public void Rotate() =>
        _keys.Add(
            new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256))
            {
                KeyId = UserId.New(TimeProvider.System).ToString(),
            }
        );

    public async Task<string> GetKeySetAsync(CancellationToken cancellationToken)
    {
        await Reading(cancellationToken);
        if (IsAway)
            throw Away;
        var set = _keys
            .Select(key =>
                JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
                    new ECDsaSecurityKey(ECDsa.Create(key.ECDsa.ExportParameters(includePrivateParameters: false)))
                    {
                        KeyId = key.KeyId,
                    }
                )
            )
            .Select(key => new
            {
                kty = key.Kty,
                crv = key.Crv,
                x = key.X,
                y = key.Y,
                kid = key.Kid,
                use = "sig",
                alg = "ES256",
            });
        return System.Text.Json.JsonSerializer.Serialize(new { keys = set });
    }

    public Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken) =>
        IsAway ? throw Away : Task.FromResult<IReadOnlyList<RevokedSession>>(Revoked);
}
