using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// Signed-in accounts that ask for as many hashes as they can, wrong passwords and right ones: how long a bystander
/// takes to sign in and to confirm a payment meanwhile.
/// </summary>
internal static class HashingStorm
{
    private const string Password = "the password of this one";
    private const string Pin = "7392";
    private const int Rounds = 8;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2.5);

    private sealed record Holder(string Email, Guid Account, AuthenticationHeaderValue Token);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        var people = new List<Holder>();
        for (var i = 0; i < 22; i++)
            people.Add(await OpenAsync(payflow, i));
        var (bystander, payee) = (people[20], people[21]);
        (
            await SendAsync(payflow, HttpMethod.Put, "auth/pin", bystander, new { pin = Pin, password = Password })
        ).EnsureSuccessStatusCode();
        var (oneSignIn, oneConfirm) = await StormAsync(payflow, people[..1], 24, bystander, payee);
        var (manySignIn, manyConfirm) = await StormAsync(payflow, people[..20], 2, bystander, payee);
        return
        [
            Of("one-account-sign-in-max", oneSignIn),
            Of("one-account-confirm-max", oneConfirm),
            Of("twenty-accounts-sign-in-max", manySignIn),
            Of("twenty-accounts-confirm-max", manyConfirm),
        ];

        Figure Of(string name, TimeSpan most) =>
            new(
                $"wrong-passwords-storm-{name}{payflow.Suffix}",
                most.TotalMilliseconds,
                "ms",
                payflow.Broker,
                Bar: "≤ 2000 ms"
            );
    }

    /// <returns>The longest times of the bystander.</returns>
    private static async Task<(TimeSpan SignIn, TimeSpan Confirm)> StormAsync(
        RunningPayFlow payflow,
        IReadOnlyList<Holder> attackers,
        int threads,
        Holder bystander,
        Holder payee
    )
    {
        using var end = new CancellationTokenSource();
        var storm = Task.WhenAll(
            attackers.SelectMany(attacker =>
                Enumerable.Range(0, threads).Select(thread => Task.Run(() => AttackAsync(attacker, thread)))
            )
        );
        var (signIn, confirm) = (TimeSpan.Zero, TimeSpan.Zero);
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; i < Rounds; i++)
        {
            signIn = Longer(
                signIn,
                await TimeAsync(() =>
                    payflow.Accounts.PostAsJsonAsync(
                        "auth/sign-in",
                        new { email = bystander.Email, password = Password }
                    )
                )
            );
            var payment = new
            {
                fromAccount = bystander.Account,
                toAccount = payee.Account,
                amount = "1",
                currency = "INR",
                pin = Pin,
            };
            confirm = Longer(
                confirm,
                await TimeAsync(() => SendAsync(payflow, HttpMethod.Post, "auth/confirm", bystander, payment))
            );
            await pace.WaitForNextTickAsync();
        }

        await end.CancelAsync();
        await storm;
        return (signIn, confirm);

        async Task AttackAsync(Holder attacker, int thread)
        {
            while (!end.IsCancellationRequested)
            {
                using var answer = await SendAsync(
                    payflow,
                    HttpMethod.Post,
                    "auth/second-factor",
                    attacker,
                    new { password = thread % 2 == 0 ? "wrong" : Password }
                );
            }
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static async Task<TimeSpan> TimeAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await ask();
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<Holder> OpenAsync(RunningPayFlow payflow, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"storm{number}");
        var email = $"{name}@wrong.example";
        using var signedUp = await payflow.Accounts.PostAsJsonAsync(
            "auth/sign-up",
            new
            {
                email,
                password = Password,
                name = "Somebody",
                handle = name,
            }
        );
        using var signedIn = await payflow.Accounts.PostAsJsonAsync("auth/sign-in", new { email, password = Password });
        var account = (await signedUp.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("account")
            .GetProperty("id")
            .GetGuid();
        var token = (await signedIn.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("accessToken")
            .GetString();
        return new Holder(email, account, new AuthenticationHeaderValue("Bearer", token));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        RunningPayFlow payflow,
        HttpMethod method,
        string path,
        Holder holder,
        object body
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = holder.Token;
        return await payflow.Accounts.SendAsync(request);
    }
}
