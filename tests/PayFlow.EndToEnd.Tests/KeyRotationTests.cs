using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using OtpNet;
using PayFlow.Tests;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The key encryption key is changed as docs/operations.md says, by the statements that stand there.</summary>
[Collection(HostedCollection.Name)]
public sealed partial class KeyRotationTests(OnInMemoryKafka payflow)
{
    private const string Email = "asha@example.org";

    private readonly AccountsAlone _alone = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_the_runbook_s_statements_people_sign_in_and_replace_their_encrypted_secrets()
    {
        await _alone.CreateDatabaseAsync();
        string refreshToken = "";
        await RunAsync(
            "old",
            async accounts =>
            {
                await ReadAsync(
                    await accounts.PostAsJsonAsync(
                        "/auth/sign-up",
                        new
                        {
                            email = Email,
                            password = Password,
                            name = "Asha",
                            handle = "asha",
                        },
                        Cancel
                    ),
                    HttpStatusCode.Created
                );
                await using (var owner = NpgsqlDataSource.Create(_alone.Owner))
                {
                    await using var verify = owner.CreateCommand("update users set email_confirmed = true");
                    await verify.ExecuteNonQueryAsync(Cancel);
                }

                refreshToken = (await SignInAsync(accounts)).GetProperty("refreshToken").GetString()!;
                await SetPinAsync(accounts);
                await EnrolAsync(accounts);
                await ReadAsync(
                    await accounts.PostAsJsonAsync("/auth/forgot-password", new { email = Email }, Cancel),
                    HttpStatusCode.Accepted
                );
                await AssertProblemAsync(
                    await accounts.PostAsJsonAsync("/auth/sign-in", new { email = Email, password = Password }, Cancel),
                    HttpStatusCode.Unauthorized,
                    "second_factor_required"
                );
            }
        );

        var runbook = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "operations.md"), Cancel);
        await using (var owner = NpgsqlDataSource.Create(_alone.Owner))
        {
            await using var clear = owner.CreateCommand(Statements().Match(runbook).Value);
            await clear.ExecuteNonQueryAsync(Cancel);
            await using var left = owner.CreateCommand(
                """
                select (select count(*) from signing_keys) + (select count(*) from recovery_codes)
                  + (select count(*) from mailed_codes)
                  + (select count(*) from users
                     where two_factor_enabled or one_time_secret is not null or pin_hash is not null)
                """
            );
            Assert.Equal(0L, await left.ExecuteScalarAsync(Cancel));
        }

        await RunAsync(
            "new",
            async accounts =>
            {
                // Whoever was signed in stays so.
                await ReadAsync(
                    await accounts.PostAsJsonAsync("/auth/refresh", new { refreshToken }, Cancel),
                    HttpStatusCode.OK
                );
                await SignInAsync(accounts);
                await SetPinAsync(accounts);
                await EnrolAsync(accounts);
            }
        );
    }

    private Task RunAsync(string key, Func<HttpClient, Task> asks) =>
        _alone.HostAsync([("Identity__KeyEncryptionKey", string.Concat(Enumerable.Repeat(key, 16)))], asks);

    private static async Task<JsonElement> SignInAsync(HttpClient accounts)
    {
        var tokens = await ReadAsync(
            await accounts.PostAsJsonAsync("/auth/sign-in", new { email = Email, password = Password }, Cancel),
            HttpStatusCode.OK
        );
        accounts.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            tokens.GetProperty("accessToken").GetString()
        );
        return tokens;
    }

    private static async Task SetPinAsync(HttpClient accounts) =>
        await ReadAsync(
            await accounts.PutAsJsonAsync("/auth/pin", new { pin = "4826", password = Password }, Cancel),
            HttpStatusCode.NoContent
        );

    private static async Task EnrolAsync(HttpClient accounts)
    {
        var secret = (
            await ReadAsync(
                await accounts.PostAsJsonAsync("/auth/second-factor", new { password = Password }, Cancel),
                HttpStatusCode.OK
            )
        )
            .GetProperty("secret")
            .GetString()!;
        var code = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime);
        await ReadAsync(
            await accounts.PostAsJsonAsync("/auth/second-factor/confirm", new { code }, Cancel),
            HttpStatusCode.OK
        );
    }

    [GeneratedRegex(@"^ +begin;\n( +.*\n)* +commit;$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Statements();
}
