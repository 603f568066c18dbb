using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// One transfer is one trace: from the client's request through gateway, intake, ledger and saga to the notification.
/// </summary>
public sealed class TraceTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static readonly string[] Services = ["web", "transactions", "accounts", "notifications"];

    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task A_transfer_is_one_trace_through_all_four_services_and_the_clients_is_linked()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        // They know each other from here on, so that the traced one is a single request.
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        var theirs = ActivityTraceId.CreateRandom().ToHexString();
        // Its flags say that nothing shall be recorded, which is not the client's to decide.
        var parent = $"00-{theirs}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions")
        {
            Content = JsonContent.Create(
                new
                {
                    fromAccount = payer.Account,
                    toAccount = payee.Account,
                    amount = "1.00",
                    currency = "INR",
                }
            ),
        };
        request.Headers.Authorization = payer.Token;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Wallet.NewKey());
        request.Headers.TryAddWithoutValidation("traceparent", parent);
        (await _wallet.Api.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await Wallet.EventuallyAsync(() =>
        {
            // The gateway's link, and nothing that hangs on the client's trace.
            Assert.Equal(1, payflow.Telemetry.SpansWith(theirs));
            var ours = payflow.Telemetry.TraceLinkedTo(theirs);
            Assert.Equal(Services, payflow.Telemetry.ServicesIn(ours, Services));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_problem_and_the_audit_name_our_trace_whatever_the_client_calls_its_own()
    {
        var theirs = ActivityTraceId.CreateRandom().ToHexString();
        foreach (var flags in new[] { "00", "01" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "auth/sign-in")
            {
                Content = JsonContent.Create(new { email = $"{Wallet.NewKey()}@example.org", password = "wrong" }),
            };
            request.Headers.TryAddWithoutValidation(
                "traceparent",
                $"00-{theirs}-{ActivitySpanId.CreateRandom().ToHexString()}-{flags}"
            );
            using var answer = await _wallet.Api.SendAsync(request, TestContext.Current.CancellationToken);
            var trace = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))
                .GetProperty("traceId")
                .GetString();
            Assert.NotEqual(theirs, trace);
            var failed = await _wallet.AllAsync("accounts/audit", "action=sign_in_failed", limit: 200);
            Assert.Contains(failed, found => found.GetProperty("traceId").GetString() == trace);
            Assert.DoesNotContain(failed, found => found.GetProperty("traceId").GetString() == theirs);
        }
    }
}
