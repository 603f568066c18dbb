using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Signed-in accounts that ask for as many hashes as they can. Accounts runs alone, with the product's own limits and
/// a cost of hashing at which a queue forms.
/// </summary>
[Collection(QuietCollection.Name)]
public sealed class HashingStormTests(OnInMemoryKafka payflow)
{
    private const string Pin = "7392";
    private const int Attackers = 20;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A machine that is busy with other things may take so many times as long as it takes without the attack.
    /// </summary>
    private const int BusyFactor = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed record Holder(string Email, Guid Account, AuthenticationHeaderValue Token);

    private sealed record Attack(
        IReadOnlyList<Holder> Accounts,
        int Threads,
        HttpMethod Method,
        string Path,
        object Body
    );

    [Fact]
    public async Task No_account_keeps_others_from_signing_in_and_from_confirming_a_payment()
    {
        var alone = new AccountsAlone(payflow);
        await alone.CreateDatabaseAsync();
        List<Holder> people = [];
        // Cheap, until everybody is there.
        await alone.RunAsync(
            [("Identity__Hashing__Address__Burst", "1000")],
            async accounts =>
            {
                for (var i = 0; i < Attackers + 6; i++)
                    people.Add(await OpenAsync(accounts));
                foreach (var bystander in people[Attackers..])
                {
                    using var set = await SendAsync(
                        accounts,
                        HttpMethod.Put,
                        "/auth/pin",
                        bystander,
                        new { pin = Pin, password = Password }
                    );
                    Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
                }
            }
        );
        var attackers = people[..Attackers];
        // Each phase has its own, so that no phase makes the next one's look busy.
        var bystanders = new Queue<Holder>(people[Attackers..]);
        Attack[] attacks =
        [
            new(attackers[..1], 24, HttpMethod.Post, "/auth/second-factor", new { password = "wrong" }),
            new(attackers[1..2], 24, HttpMethod.Post, "/auth/second-factor", new { password = Password }),
            new(attackers[2..3], 24, HttpMethod.Put, "/auth/pin", new { pin = "7351", password = "wrong" }),
            new(attackers, 2, HttpMethod.Put, "/auth/pin", new { pin = "7351", password = Password }),
            new(attackers, 2, HttpMethod.Post, "/auth/second-factor", new { password = Password }),
        ];
        (string, string)[] dear = [("Identity__BcryptWorkFactor", "11"), ("Identity__Hashing__Address__Burst", "1000")];
        await alone.RunAsync(
            dear,
            async accounts =>
            {
                var calm = await LongestAsync(accounts, bystanders.Dequeue(), attackers[0], TimeSpan.FromSeconds(4));
                var most = calm * BusyFactor > Promised ? calm * BusyFactor : Promised;
                foreach (var attack in attacks)
                {
                    using var end = new CancellationTokenSource();
                    var asked = new ConcurrentDictionary<Holder, int>();
                    var storm = AttackAsync(accounts, attack, asked, end.Token);
                    // The first requests of each are a customer's like any other.
                    await EventuallyAsync(() =>
                    {
                        Assert.Equal(attack.Accounts.Count, asked.Count(account => account.Value >= 20));
                        return Task.CompletedTask;
                    });
                    var longest = await LongestAsync(accounts, bystanders.Dequeue(), attackers[0], Length);
                    await end.CancelAsync();
                    var answers = await storm;
                    Assert.True(longest < most, $"{longest} while {attack.Path} was asked for, and {calm} before.");
                    // It was an attack.
                    Assert.True(answers > 100, answers.ToString(CultureInfo.InvariantCulture));
                }
            }
        );
    }

    /// <returns>How many requests were answered until the end.</returns>
    /// <param name="asked">Counts the answers of each account.</param>
    private static async Task<int> AttackAsync(
        HttpClient accounts,
        Attack attack,
        ConcurrentDictionary<Holder, int> asked,
        CancellationToken end
    )
    {
        var answers = 0;
        var threads = attack.Accounts.SelectMany(account => Enumerable.Repeat(account, attack.Threads));
        await Task.WhenAll(threads.Select(account => Task.Run(() => AskAsync(account), Cancel)));
        return answers;

        async Task AskAsync(Holder account)
        {
            // Together about what the gateway lets through of one user.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!end.IsCancellationRequested)
            {
                using var answer = await SendAsync(accounts, attack.Method, attack.Path, account, attack.Body);
                Interlocked.Increment(ref answers);
                asked.AddOrUpdate(account, 1, (_, count) => count + 1);
                await pace.WaitForNextTickAsync(Cancel);
            }
        }
    }

    /// <summary>Signs in and confirms a payment again and again, for so long.</summary>
    /// <returns>The longest time of one of them.</returns>
    private static async Task<TimeSpan> LongestAsync(HttpClient accounts, Holder person, Holder payee, TimeSpan length)
    {
        var (started, longest) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        var (from, to) = (person.Account, payee.Account);
        var payment = new
        {
            fromAccount = from,
            toAccount = to,
            amount = "1",
            currency = "INR",
            pin = Pin,
        };
        var signIn = new { email = person.Email, password = Password };
        // The bucket of this person gives one hash in two seconds.
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(2.5));
        do
        {
            await TimeAsync(() => accounts.PostAsJsonAsync("/auth/sign-in", signIn, Cancel));
            await TimeAsync(() => SendAsync(accounts, HttpMethod.Post, "/auth/confirm", person, payment));
        } while (Stopwatch.GetElapsedTime(started) < length && await pace.WaitForNextTickAsync(Cancel));
        return longest;

        async Task TimeAsync(Func<Task<HttpResponseMessage>> ask)
        {
            var asked = Stopwatch.GetTimestamp();
            await ReadAsync(await ask(), HttpStatusCode.OK);
            var taken = Stopwatch.GetElapsedTime(asked);
            longest = taken > longest ? taken : longest;
        }
    }

    private static async Task<Holder> OpenAsync(HttpClient accounts)
    {
        var name = "t" + NewKey();
        var email = $"{name}@test.example";
        var body = new
        {
            email,
            password = Password,
            name = "Test Person",
            handle = name,
        };
        var signedUp = await ReadAsync(
            await accounts.PostAsJsonAsync("/auth/sign-up", body, Cancel),
            HttpStatusCode.Created
        );
        var signIn = new { email, password = Password };
        var signedIn = await ReadAsync(
            await accounts.PostAsJsonAsync("/auth/sign-in", signIn, Cancel),
            HttpStatusCode.OK
        );
        var account = signedUp.GetProperty("account").GetProperty("id").GetGuid();
        return new Holder(email, account, new("Bearer", signedIn.GetProperty("accessToken").GetString()));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient accounts,
        HttpMethod method,
        string path,
        Holder holder,
        object body
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = holder.Token;
        return await accounts.SendAsync(request, Cancel);
    }
}
