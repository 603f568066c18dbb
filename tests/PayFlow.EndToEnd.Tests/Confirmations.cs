using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Confirmations signed with the running product's own key, so that payments go through the check that everybody's do.
/// </summary>
public sealed class Confirmations(RunningPayFlow payflow)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private SigningCredentials? _key;

    /// <param name="asked">The problem <c>confirmation_required</c>, which names the payment.</param>
    public async Task<string> SignAsync(Person payer, JsonElement asked, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            TokenType = PaymentConfirmationClaims.Type,
            Issuer = "https://payflow.example",
            Audience = "payflow",
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            SigningCredentials = _key ??= await ReadKeyAsync(),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [PaymentConfirmationClaims.Id] = PayFlow
                    .ServiceDefaults.Identifiers.TypedId.NewGuid(TimeProvider.System)
                    .ToString(),
                [PaymentConfirmationClaims.User] = new JsonWebToken(payer.Token.Parameter).Subject,
                [PaymentConfirmationClaims.Session] = new JsonWebToken(payer.Token.Parameter)
                    .GetClaim(AccessClaims.Session)
                    .Value,
                // As if no secret had been changed: a stamp that is not revoked.
                [PaymentConfirmationClaims.Proof] = PayFlow
                    .ServiceDefaults.Identifiers.TypedId.NewGuid(TimeProvider.System)
                    .ToString(),
                [PaymentConfirmationClaims.Payer] = Member("fromAccount"),
                [PaymentConfirmationClaims.Payee] = Member("toAccount"),
                [PaymentConfirmationClaims.Amount] = Member("amount"),
                [PaymentConfirmationClaims.Currency] = Member("currency"),
            },
        };
        change?.Invoke(token);
        return _handler.CreateToken(token);

        string Member(string name) => asked.GetProperty(name).GetString()!;
    }

    private async Task<SigningCredentials> ReadKeyAsync()
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var read = database.CreateCommand(
            "select id, private_key from signing_keys where signs_from <= now() order by number desc limit 1"
        );
        await using var row = await read.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await row.ReadAsync(TestContext.Current.CancellationToken));
        var pair = ECDsa.Create();
        var cipher = new SecretCipher(payflow.Secret("identity-key"));
        pair.ImportPkcs8PrivateKey(
            cipher.Decrypt(
                "signing key",
                row.GetGuid(0),
                await row.GetFieldValueAsync<byte[]>(1, TestContext.Current.CancellationToken)
            ),
            out _
        );
        return new SigningCredentials(
            new ECDsaSecurityKey(pair) { KeyId = row.GetGuid(0).ToString() },
            SecurityAlgorithms.EcdsaSha256
        );
    }
}
