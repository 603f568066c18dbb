using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Access to the broker alone moves no money and records nothing: a message without the MAC of a service is parked and
/// counted.
/// </summary>
public abstract class ForgedMessages(RunningPayFlow payflow)
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected async Task MovesNoMoneyAsync()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var before = await RefusedAsync(payflow.Accounts);
        var (unsigned, signed) = (TransactionId.New(TimeProvider.System), TransactionId.New(TimeProvider.System));
        await ForgeAsync(Command(unsigned, payer, payee), mac: null);
        await ForgeAsync(Command(signed, payer, payee), mac: ForgedMac);
        await Wallet.EventuallyAsync(async () =>
        {
            Assert.StartsWith("It carries no MAC", await ReasonAsync("accounts", unsigned), StringComparison.Ordinal);
            Assert.StartsWith("Its MAC is of no key", await ReasonAsync("accounts", signed), StringComparison.Ordinal);
            Assert.InRange(await RefusedAsync(payflow.Accounts), before + 2, double.MaxValue);
        });
        // A replay asks for the MAC as well.
        using (var replay = await ReplayAsync("accounts", unsigned))
            await Wallet.AssertProblemAsync(replay, HttpStatusCode.Conflict, "replay_failed");
        // What a service signs still goes through, and nothing else has moved.
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("status").GetString()
        );
        Assert.Equal(("9.00", "1.00"), (await BalanceAsync(payer), await BalanceAsync(payee)));
    }

    protected async Task SettlesNothingAsync()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var before = await RefusedAsync(payflow.Transactions);
        // A failed payment that a forged debit would call posted, and one that a forged refusal would end.
        var paid = new TransactionId(
            (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid()
        );
        await ForgeAsync(
            new DebitFailed(
                TenantId.Default,
                paid,
                1,
                new AccountId(payer.Account),
                FailureReason.Expired,
                DateTimeOffset.UnixEpoch
            ),
            mac: null
        );
        var unknown = TransactionId.New(TimeProvider.System);
        await ForgeAsync(
            new DebitCompleted(
                TenantId.Default,
                unknown,
                1,
                new AccountId(payer.Account),
                "5.00",
                "INR",
                "4.00",
                3,
                DateTimeOffset.UnixEpoch
            ),
            mac: ForgedMac
        );
        await Wallet.EventuallyAsync(async () =>
        {
            Assert.StartsWith("It carries no MAC", await ReasonAsync("transactions", paid), StringComparison.Ordinal);
            Assert.StartsWith(
                "Its MAC is of no key",
                await ReasonAsync("transactions", unknown),
                StringComparison.Ordinal
            );
            Assert.InRange(await RefusedAsync(payflow.Transactions), before + 2, double.MaxValue);
        });
        Assert.Equal("completed", (await _wallet.GetAsync($"transactions/{paid}")).GetProperty("status").GetString());
    }

    /// <summary>The kind: whatever a group reads is refused for its MAC, before its body is looked at.</summary>
    protected async Task NothingIsReadAsync()
    {
        var id = "forged/" + Wallet.NewKey();
        using var producer = Stranger();
        foreach (var topic in Topics.All.Where(topic => topic.Consumers.Count > 0))
        {
            await producer.ProduceAsync(
                topic.Name,
                new Message<string, byte[]>
                {
                    Key = id,
                    Value = "no json"u8.ToArray(),
                    Headers = new Headers { { "ce_id", Encoding.UTF8.GetBytes(id) } },
                },
                Cancel
            );
        }

        foreach (var service in new[] { Topics.Accounts, Topics.Transactions, Topics.Notifications })
        {
            var topics = Topics
                .All.Where(topic => topic.Consumers.Contains(service, StringComparer.Ordinal))
                .Select(topic => topic.Name)
                .Order(StringComparer.Ordinal)
                .ToList();
            await Wallet.EventuallyAsync(async () =>
            {
                var parked = (await _wallet.GetAsync($"{service}/parked"))
                    .EnumerateArray()
                    .Where(message => message.GetProperty("messageId").GetString() == id)
                    .ToList();
                Assert.Equal(
                    topics,
                    parked.Select(message => message.GetProperty("topic").GetString()!).Order(StringComparer.Ordinal)
                );
                Assert.All(
                    parked,
                    message =>
                        Assert.StartsWith(
                            "It carries no MAC",
                            message.GetProperty("reason").GetString(),
                            StringComparison.Ordinal
                        )
                );
            });
        }
    }

    /// <summary>Each service listens to ended sessions, so its count shows that it has read the message.</summary>
    protected async Task EndsNoSessionAsync()
    {
        var person = await _wallet.OpenAsync("10.00");
        var session = SessionOf(person);
        using var web = new HttpClient { BaseAddress = new Uri(payflow.Part("web").GetProperty("url").GetString()!) };
        var services = new[] { payflow.Accounts, payflow.Transactions, payflow.Notifications, web };
        foreach (var mac in new[] { null, ForgedMac })
        {
            var before = await Task.WhenAll(services.Select(RefusedAsync));
            await ForgeAsync(
                new SessionRevoked(
                    TenantId.Default,
                    session,
                    UserId.New(TimeProvider.System),
                    TimeProvider.System.GetUtcNow(),
                    TimeProvider.System.GetUtcNow().AddMinutes(5)
                ),
                mac
            );
            await Wallet.EventuallyAsync(async () =>
            {
                for (var i = 0; i < services.Length; i++)
                    Assert.InRange(await RefusedAsync(services[i]), before[i] + 1, double.MaxValue);
            });
        }

        await _wallet.GetAsync("accounts/me", person);
        await _wallet.GetAsync("transactions", person);
        await _wallet.GetAsync("notifications", person);
    }

    private static SessionId SessionOf(Person person) =>
        SessionId.Parse(
            JsonElement
                .Parse(Base64Url.DecodeFromChars(person.Token.Parameter!.Split('.')[1]))
                .GetProperty("sid")
                .GetString()!,
            CultureInfo.InvariantCulture
        );

    /// <summary>Well formed, by somebody who does not have the key.</summary>
    private static string ForgedMac => $"0badc0de:{Convert.ToBase64String(new byte[32])}";

    private static TransactionInitiated Command(TransactionId id, Person payer, Person payee) =>
        new(
            TenantId.Default,
            id,
            new AccountId(payer.Account),
            new AccountId(payee.Account),
            "5.00",
            "INR",
            TimeProvider.System.GetUtcNow(),
            TimeProvider.System.GetUtcNow().AddMinutes(15)
        );

    /// <summary>A stock client with every right on the broker, and no key.</summary>
    private IProducer<string, byte[]> Stranger() =>
        new ProducerBuilder<string, byte[]>(
            payflow.KafkaAs(BrokerAccess.Administrator).ApplyTo(new ProducerConfig { Acks = Acks.All })
        )
            .SetLogHandler((_, _) => { })
            .Build();

    private async Task ForgeAsync<T>(T fact, string? mac)
        where T : IEvent<T>
    {
        var headers = new Headers
        {
            { "ce_id", Encoding.UTF8.GetBytes(fact.EventId) },
            { "ce_type", Encoding.UTF8.GetBytes(T.Topic.Name) },
            {
                "ce_time",
                Encoding.UTF8.GetBytes(fact.OccurredAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
            },
        };
        var body = JsonSerializer.Serialize(fact, T.Json);
        if (mac is not null)
        {
            // Where groups look for it, and where listeners do.
            headers.Add(MessageMacs.Header, Encoding.UTF8.GetBytes(mac));
            body = $"{body[..^1]},\"payflowMac\":\"{mac}\"}}";
        }

        using var producer = Stranger();
        await producer.ProduceAsync(
            T.Topic.Name,
            new Message<string, byte[]>
            {
                Key = fact.PartitionKey,
                Value = Encoding.UTF8.GetBytes(body),
                Headers = headers,
            },
            Cancel
        );
    }

    private async Task<JsonElement> ParkedAsync(string service, TransactionId id) =>
        Assert.Single(
            (await _wallet.GetAsync($"{service}/parked")).EnumerateArray(),
            message => message.GetProperty("messageId").GetString()!.Contains(id.ToString(), StringComparison.Ordinal)
        );

    private async Task<string?> ReasonAsync(string service, TransactionId id) =>
        (await ParkedAsync(service, id)).GetProperty("reason").GetString();

    private async Task<HttpResponseMessage> ReplayAsync(string service, TransactionId id) =>
        await _wallet.SendAsync(
            HttpMethod.Post,
            $"{service}/parked/{(await ParkedAsync(service, id)).GetProperty("id").GetGuid()}/replay"
        );

    private async Task<string?> BalanceAsync(Person person) =>
        (await _wallet.GetAsync($"accounts/{person.Account}")).GetProperty("balance").GetString();

    private static async Task<double> RefusedAsync(HttpClient service)
    {
        var metrics = await service.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        return metrics
            .Split('\n')
            .Where(line => line.StartsWith("payflow_messaging_refused_total{", StringComparison.Ordinal))
            .Sum(line =>
                double.Parse(
                    line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0],
                    CultureInfo.InvariantCulture
                )
            );
    }
}
