using System.Diagnostics;
using System.Net.Http.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>One transfer is one trace: from the client's request through gateway, intake, ledger and saga to the notification.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class TraceTests(OnInMemoryKafka payflow)
{
    private static readonly string[] Services = ["web", "transactions", "accounts", "notifications"];

    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task A_transfer_is_one_trace_through_all_four_services()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        // They know each other from here on, so that the traced one is a single request.
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions") { Content = JsonContent.Create(new { fromAccount = payer.Account, toAccount = payee.Account, amount = "1.00", currency = "INR" }) };
        request.Headers.Authorization = payer.Token;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Wallet.NewKey());
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        (await _wallet.Api.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await Wallet.EventuallyAsync(() =>
        {
            Assert.Equal(Services, payflow.Telemetry.ServicesIn(trace, Services));
            return Task.CompletedTask;
        });
    }
}
