using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.Benchmarks;

/// <summary>The accounts that a benchmark pays from and to; its own, so that sample balances stay as they are.</summary>
internal sealed record People(IReadOnlyList<Guid> Payers, IReadOnlyList<Guid> Payees)
{
    private const string Funds = "1000000.00";

    public static async Task<People> OpenAsync(RunningPayFlow payflow, int payers, int payees)
    {
        var paying = new List<Guid>();
        for (var i = 0; i < payers; i++)
        {
            var account = await OpenAsync(payflow.Api, $"payer{i.ToString(CultureInfo.InvariantCulture)}");
            using var fund = new HttpRequestMessage(HttpMethod.Put, $"accounts/{account}/balance") { Content = JsonContent.Create(new { adjustment = Funds, reason = "benchmark" }) };
            fund.Headers.Add("Idempotency-Key", account.ToString());
            using var funded = await payflow.Api.SendAsync(fund);
            funded.EnsureSuccessStatusCode();
            paying.Add(account);
        }

        var receiving = new List<Guid>();
        for (var i = 0; i < payees; i++) receiving.Add(await OpenAsync(payflow.Api, $"payee{i.ToString(CultureInfo.InvariantCulture)}"));
        return new People(paying, receiving);
    }

    private static async Task<Guid> OpenAsync(HttpClient api, string name)
    {
        using var opened = await api.PostAsJsonAsync("accounts", new { holderName = name, email = $"{name}@benchmark.example", currency = "INR", handle = name });
        opened.EnsureSuccessStatusCode();
        return (await opened.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }
}
