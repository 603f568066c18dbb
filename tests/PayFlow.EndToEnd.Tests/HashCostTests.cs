using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// After a change of the work factor no answer may tell by its time who has an account, nor that a locked user's
/// password was right. What is compared is the work that was done, which no busy machine changes.
/// </summary>
[Collection(HostedCollection.Name)]
public sealed class HashCostTests(OnInMemoryKafka payflow)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4, 7)]
    [InlineData(7, 4)]
    public async Task Every_sign_in_costs_the_same_whatever_the_work_factor_was(int before, int after)
    {
        var cost = 1L << Math.Max(before, after);
        var alone = new AccountsAlone(payflow);
        await alone.CreateDatabaseAsync();
        var (known, locked) = ($"t{NewKey()}", $"t{NewKey()}");
        await alone.HostAsync(
            Factor(before),
            async accounts =>
            {
                foreach (var name in new[] { known, locked })
                {
                    await ReadAsync(
                        await accounts.PostAsJsonAsync(
                            "/auth/sign-up",
                            new
                            {
                                email = Email(name),
                                password = Password,
                                name = "Test Person",
                                handle = name,
                            },
                            Cancel
                        ),
                        HttpStatusCode.Created
                    );
                }

                for (var i = 0; i < 5; i++)
                {
                    using var wrong = await SignInAsync(accounts, locked, "not that");
                    await AssertProblemAsync(wrong, HttpStatusCode.Unauthorized, "invalid_credentials");
                }
            }
        );
        await alone.HostAsync(
            Factor(after),
            async accounts =>
            {
                // What is done at the start is done: a hash of nobody's, and the look at the factors that are stored.
                await EventuallyAsync(async () =>
                    Assert.Equal(cost, await CostAsync(accounts, "nobody", Password, HttpStatusCode.Unauthorized))
                );
                Assert.Equal(cost, await CostAsync(accounts, known, "not that", HttpStatusCode.Unauthorized));
                Assert.Equal(cost, await CostAsync(accounts, locked, "not that", HttpStatusCode.Unauthorized));
                Assert.Equal(cost, await CostAsync(accounts, locked, Password, HttpStatusCode.Unauthorized));
                // The hash is renewed after the answer, and then costs nothing more.
                var rounds = await RoundsAsync(accounts);
                await ReadAsync(await SignInAsync(accounts, known, Password), HttpStatusCode.OK);
                await EventuallyAsync(async () =>
                    Assert.Equal(cost + (1L << after), await RoundsAsync(accounts) - rounds)
                );
                await EventuallyAsync(async () =>
                    Assert.Equal(cost, await CostAsync(accounts, known, Password, HttpStatusCode.OK))
                );
            }
        );
    }

    private static (string, string)[] Factor(int factor) =>
        [
            ("Identity__BcryptWorkFactor", factor.ToString(CultureInfo.InvariantCulture)),
            ("Identity__Hashing__Login__Burst", "100"),
            ("Identity__Hashing__Address__Burst", "100"),
        ];

    private static string Email(string name) => $"{name}@test.example";

    private static Task<HttpResponseMessage> SignInAsync(HttpClient accounts, string name, string password) =>
        accounts.PostAsJsonAsync("/auth/sign-in", new { email = Email(name), password }, Cancel);

    /// <returns>The rounds of BCrypt that a sign-in took.</returns>
    private static async Task<long> CostAsync(
        HttpClient accounts,
        string name,
        string password,
        HttpStatusCode expected
    )
    {
        var before = await RoundsAsync(accounts);
        await ReadAsync(await SignInAsync(accounts, name, password), expected);
        return await RoundsAsync(accounts) - before;
    }

    private static async Task<long> RoundsAsync(HttpClient accounts)
    {
        // An answer of /metrics is given again for 300 ms.
        using var fresh = new PeriodicTimer(TimeSpan.FromMilliseconds(350));
        await fresh.WaitForNextTickAsync(Cancel);
        var metrics = await accounts.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        var line = metrics
            .Split('\n')
            .SingleOrDefault(line => line.StartsWith("payflow_password_rounds_total", StringComparison.Ordinal));
        return line is null ? 0 : (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
