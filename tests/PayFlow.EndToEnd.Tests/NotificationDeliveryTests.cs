using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// What people choose, and the record of each delivery: once for each fact and channel, or a dead letter.
/// </summary>
[Collection(MailCollection.Name)]
public sealed class NotificationDeliveryTests(OnInMemoryKafka payflow)
{
    private const string Path = "notifications/preferences";

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kind_that_is_switched_off_does_not_arrive_and_everything_else_does()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var before = await _wallet.GetAsync(Path, payee);
        Assert.Equal(
            ["money_received", "money_sent", "payment_failed", "adjustment", "refund", "hold"],
            before.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("kind").GetString())
        );
        Assert.All(
            before.GetProperty("choices").EnumerateArray(),
            choice =>
                Assert.Equal(
                    ("in_app", true),
                    (choice.GetProperty("channel").GetString(), choice.GetProperty("enabled").GetBoolean())
                )
        );
        Assert.Equal(
            ["in_app", "email"],
            before.GetProperty("always").EnumerateArray().Select(channel => channel.GetString())
        );

        Assert.False(IsOn(await ChooseAsync(payee, "money_received", false), "money_received"));
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        // Both sides of a payment are written in one commit.
        await EventuallyAsync(async () =>
            Assert.Single(await _wallet.NotificationsAsync(payer), told => Kind(told) == "money_sent")
        );
        Assert.True(IsOn(await ChooseAsync(payee, "money_received", true), "money_received"));
        await _wallet.PayAsync(payer, payee.Account, "2.00");
        await EventuallyAsync(async () =>
            Assert.Contains(await _wallet.NotificationsAsync(payee), told => Kind(told) == "money_received")
        );
        var received = Assert.Single(await _wallet.NotificationsAsync(payee), told => Kind(told) == "money_received");
        Assert.Contains("₹2.00", received.GetProperty("title").GetString(), StringComparison.Ordinal);
        // The account's own message is no choice.
        Assert.Contains(await _wallet.NotificationsAsync(payee), told => Kind(told) == "account_opened");
        Assert.True(IsOn(await _wallet.GetAsync(Path, payer), "money_received"));
    }

    [Theory]
    [InlineData("""{"choices":[{"kind":"security_alert","channel":"in_app","enabled":false}]}""", "validation")]
    [InlineData("""{"choices":[{"kind":"money_received","channel":"pigeon","enabled":false}]}""", "validation")]
    [InlineData("""{"choices":[{"kind":"money_received","channel":"email","enabled":true}]}""", "validation")]
    [InlineData("""{"choices":[{"kind":"money_received","channel":"in_app"}]}""", "malformed_request")]
    [InlineData("""{"choices":[{"kind":null,"channel":null,"enabled":false}]}""", "malformed_request")]
    [InlineData("""{"choices":[null]}""", "validation")]
    [InlineData("""{"choices":[]}""", "validation")]
    [InlineData("""{}""", "malformed_request")]
    [InlineData(
        """
            {"choices":[{"kind":"money_sent","channel":"in_app","enabled":false},
            {"kind":"money_sent","channel":"in_app","enabled":true}]}
            """,
        "validation"
    )]
    public async Task What_cannot_be_chosen_is_refused_and_changes_nothing(string body, string code)
    {
        var person = await _wallet.OpenAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Put, Path, person.Token, content),
            HttpStatusCode.BadRequest,
            code
        );
        Assert.All(
            (await _wallet.GetAsync(Path, person)).GetProperty("choices").EnumerateArray(),
            choice => Assert.True(choice.GetProperty("enabled").GetBoolean())
        );
    }

    /// <summary>A process that died after its commit and before it acknowledged the message gets it again.</summary>
    [Fact]
    public async Task A_request_that_comes_again_is_delivered_once_by_each_channel()
    {
        var person = await _wallet.OpenAsync();
        var asked = RequestFor(person, "Once and no more");
        using var broker = new Broker(payflow);
        for (var i = 0; i < 3; i++)
            await broker.PublishAsync(asked.Messages);
        await EventuallyAsync(() =>
        {
            Assert.NotEmpty(MailsOf(person, "Once and no more"));
            return Task.CompletedTask;
        });
        // After it, in the same partition: all repeats were read before.
        await broker.PublishAsync([.. asked.Messages, .. RequestFor(person, "The next one").Messages]);
        await EventuallyAsync(() =>
        {
            Assert.NotEmpty(MailsOf(person, "The next one"));
            return Task.CompletedTask;
        });
        Assert.Single(MailsOf(person, "Once and no more"));
        Assert.Single(
            await _wallet.NotificationsAsync(person),
            told => told.GetProperty("title").GetString() == "Once and no more"
        );
        Assert.Equal(
            2,
            await CountAsync(
                "deliveries where channel = 'email' and kind = 'security_alert' and address = $1",
                person.Email
            )
        );
    }

    /// <summary>A process that died while it sent leaves a claim, and another one sends it with the same id.</summary>
    [Fact]
    public async Task A_claim_of_a_process_that_died_ends_and_each_try_is_recorded()
    {
        var person = await _wallet.OpenAsync();
        await payflow.Mail.StopAsync();
        using (var broker = new Broker(payflow))
            await broker.PublishAsync(RequestFor(person, "Late").Messages);
        await EventuallyAsync(async () =>
            Assert.True(
                await CountAsync(
                    Attempts
                        + " where a.outcome = 'retried' and a.next_try_at > a.at and d.title = 'Late' "
                        + "and d.address = $1",
                    person.Email
                ) > 0
            )
        );
        payflow.Mail.Start();
        await ExecuteAsync(
            "update deliveries set next_try_at = now() - interval '1 second' where address = $1",
            person.Email
        );
        await EventuallyAsync(async () =>
            Assert.Equal(
                1,
                await CountAsync(
                    Attempts + " where a.outcome = 'sent' and d.title = 'Late' and d.address = $1",
                    person.Email
                )
            )
        );
        Assert.Single(MailsOf(person, "Late"));
        Assert.Equal(
            1,
            await CountAsync(
                "deliveries where title = 'Late' and sent_at is not null and next_try_at is null and failure is null "
                    + "and address = $1",
                person.Email
            )
        );
    }

    [Fact]
    public async Task The_last_try_makes_a_dead_letter_that_is_counted_and_holds_no_code()
    {
        var person = await _wallet.OpenAsync();
        var before = await DeadLettersAsync();
        await payflow.Mail.StopAsync();
        try
        {
            await ExecuteAsync(
                """
                insert into deliveries (
                  channel, id, tenant_id, recipient_id, address, kind, title, body, request_id, sealed_code, created_at,
                  tries, next_try_at)
                select 'email', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1, 'test', 'Dead', '{code}',
                  gen_random_uuid()::text, 'not sealed with our key', now(), 9, now()
                """,
                person.Email
            );
            await EventuallyAsync(async () =>
                Assert.Equal(
                    1,
                    await CountAsync(
                        Attempts
                            + " where a.outcome = 'gave_up' and a.number = 10 and a.next_try_at is null and "
                            + "d.failure = 'gave_up' and d.sealed_code is null and d.next_try_at is null "
                            + "and d.address = $1",
                        person.Email
                    )
                )
            );
            await EventuallyAsync(async () => Assert.True(await DeadLettersAsync() > before));
        }
        finally
        {
            payflow.Mail.Start();
        }
    }

    /// <summary>The version before writes there while it is replaced.</summary>
    [Fact]
    public async Task An_e_mail_that_the_version_before_queued_is_sent()
    {
        var person = await _wallet.OpenAsync();
        await ExecuteAsync(
            """
            insert into emails (
              id, tenant_id, recipient_id, address, kind, title, body, request_id, created_at, tries, next_try_at)
            select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1, 'test', 'From before', 'Text',
              gen_random_uuid()::text, now(), 0, now()
            """,
            person.Email
        );
        await EventuallyAsync(() =>
        {
            Assert.Single(MailsOf(person, "From before"));
            return Task.CompletedTask;
        });
        Assert.Equal(0, await CountAsync("emails where address = $1", person.Email));
    }

    private const string Attempts =
        "delivery_attempts a join deliveries d on d.channel = a.channel and d.id = a.delivery_id";

    private static string? Kind(JsonElement told) => told.GetProperty("kind").GetString();

    private static bool IsOn(JsonElement preferences, string kind) =>
        preferences
            .GetProperty("choices")
            .EnumerateArray()
            .Single(choice => choice.GetProperty("kind").GetString() == kind)
            .GetProperty("enabled")
            .GetBoolean();

    private async Task<JsonElement> ChooseAsync(Person person, string kind, bool enabled)
    {
        using var body = JsonContent.Create(
            new
            {
                choices = new[]
                {
                    new
                    {
                        kind,
                        channel = "in_app",
                        enabled,
                    },
                },
            }
        );
        return await ReadAsync(await _wallet.SendAsync(HttpMethod.Put, Path, person.Token, body), HttpStatusCode.OK);
    }

    private List<string> MailsOf(Person person, string subject) =>
        [
            .. payflow
                .Mail.Of(person.Email)
                .Where(mail => mail.Contains("Subject: " + subject, StringComparison.Ordinal)),
        ];

    private static OutboxBatch RequestFor(Person person, string title)
    {
        var batch = new OutboxBatch(Guid.Empty);
        batch.Add(
            new NotificationRequest(
                TenantId.Default,
                $"{title} {person.Account}",
                new PartyId(person.Owner),
                new AccountId(person.Account),
                "security_alert",
                title,
                "Was it you?",
                DateTimeOffset.UnixEpoch,
                person.Email
            )
        );
        return batch;
    }

    private async Task<double> DeadLettersAsync()
    {
        var metrics = await payflow.Notifications.GetStringAsync("/metrics", Cancel);
        return metrics
            .Split('\n')
            .Where(line =>
                line.StartsWith("payflow_delivery_dead_letters", StringComparison.Ordinal)
                && line.Contains("gave_up", StringComparison.Ordinal)
            )
            .Sum(line =>
                double.Parse(line.Split('}')[1].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)
            );
    }

    private async Task<long> CountAsync(string what, string address)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("notificationsdb"));
        await using var count = database.CreateCommand("select count(*) from " + what);
        count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        return (long)(await count.ExecuteScalarAsync(Cancel))!;
    }

    private async Task ExecuteAsync(string sql, string address)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("notificationsdb"));
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
