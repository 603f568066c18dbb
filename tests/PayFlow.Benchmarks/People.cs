using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.Benchmarks;

/// <summary>Somebody who has signed in, with a wallet.</summary>
internal sealed record Person(Guid Account, AuthenticationHeaderValue Token);

/// <summary>The people that a benchmark pays from and to; its own, so that sample balances stay as they are.</summary>
internal sealed record People(IReadOnlyList<Person> Payers, IReadOnlyList<Person> Payees)
{
    private const string Funds = "100000.00";
    private const string Password = "a wallet for figures";

    public static async Task<People> OpenAsync(RunningPayFlow payflow, int payers, int payees)
    {
        var admin = await SignInAsync(payflow.Accounts, "admin@payflow.example", "payflow-demo-1");
        var paying = new List<Person>();
        for (var i = 0; i < payers; i++)
        {
            var person = await OpenAsync(payflow.Accounts, $"payer{i.ToString(CultureInfo.InvariantCulture)}");
            using var fund = new HttpRequestMessage(HttpMethod.Put, $"accounts/{person.Account}/balance") { Content = JsonContent.Create(new { adjustment = Funds, reason = "benchmark" }) };
            fund.Headers.Authorization = admin;
            fund.Headers.Add("Idempotency-Key", person.Account.ToString());
            using var funded = await payflow.Api.SendAsync(fund);
            funded.EnsureSuccessStatusCode();
            paying.Add(person);
        }

        var receiving = new List<Person>();
        for (var i = 0; i < payees; i++) receiving.Add(await OpenAsync(payflow.Accounts, $"payee{i.ToString(CultureInfo.InvariantCulture)}"));
        return new People(paying, receiving);
    }

    private static async Task<Person> OpenAsync(HttpClient accounts, string name)
    {
        var email = $"{name}@benchmark.example";
        using var signedUp = await accounts.PostAsJsonAsync("auth/sign-up", new { email, password = Password, name, handle = name });
        signedUp.EnsureSuccessStatusCode();
        var token = await SignInAsync(accounts, email, Password);
        using var request = new HttpRequestMessage(HttpMethod.Get, "accounts/me");
        request.Headers.Authorization = token;
        using var mine = await accounts.SendAsync(request);
        mine.EnsureSuccessStatusCode();
        return new Person((await mine.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("id").GetGuid(), token);
    }

    /// <summary>At Accounts itself: from one address the gateway lets nobody sign in that often.</summary>
    private static async Task<AuthenticationHeaderValue> SignInAsync(HttpClient accounts, string email, string password)
    {
        using var signedIn = await accounts.PostAsJsonAsync("auth/sign-in", new { email, password });
        signedIn.EnsureSuccessStatusCode();
        return new AuthenticationHeaderValue("Bearer", (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString());
    }
}
