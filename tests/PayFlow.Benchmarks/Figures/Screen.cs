using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using HdrHistogram;
using Microsoft.Playwright;
using Npgsql;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;
using PayFlow.Tests;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// How long after it was credited a payment is on the payee's screen, and how long after it was sent: in a browser
/// (chromium) on the same machine, whose page notes when it shows another balance. That comes from the ledger itself,
/// often before the payment ended.
/// </summary>
internal static class Screen
{
    private const string Email = "watcher@benchmark.example";
    private const string Password = "who watches the screen";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Notes, for every balance that is shown, when it was first.</summary>
    private const string Watch = """
        () => {
            const balance = () => document.querySelector('.home-hero').textContent.match(/₹[0-9.,]+/)[0];
            window.shown = {};
            new MutationObserver(() => { window.shown[balance()] ??= performance.timeOrigin + performance.now(); })
                .observe(document.querySelector('.home-hero'), { subtree: true, childList: true, characterData: true });
        }
        """;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        var account = await OpenAsync(run);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Path(), Args = ["--no-sandbox"] }
        );
        var page = await browser.NewPageAsync(
            new BrowserNewPageOptions { BaseURL = payflow.Address("web").ToString(), Locale = "en-IN" }
        );
        await page.GotoAsync("/");
        await page.GetByLabel("E-mail").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await page.Locator(".home-hero", new PageLocatorOptions { HasText = "₹0.00" }).WaitForAsync();
        await page.EvaluateAsync(Watch);

        await run.People.RefreshAsync(payflow);
        var sent = new List<(DateTimeOffset At, Guid Id)>();
        using (var timer = new PeriodicTimer(Interval))
        {
            for (var i = 0; i < (run.Window / Interval); i++)
            {
                await timer.WaitForNextTickAsync();
                sent.Add(await PayAsync(run, account));
            }
        }

        await run.DrainAsync();
        await page.Locator(".home-hero", new PageLocatorOptions { HasText = Text(sent.Count) }).WaitForAsync();
        var shown = await page.EvaluateAsync<JsonElement>("() => window.shown");
        var (sinceCredited, sinceSent) = (ClosedLoop.NewHistogram(), ClosedLoop.NewHistogram());
        for (var i = 0; i < sent.Count; i++)
        {
            // Where two came at once the screen went over the first.
            var text = Enumerable
                .Range(i + 1, sent.Count - i)
                .Select(Text)
                .First(text => shown.TryGetProperty(text, out _));
            var at = DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(shown.GetProperty(text).GetDouble());
            sinceSent.RecordValue((long)(at - sent[i].At).TotalMicroseconds);
            sinceCredited.RecordValue((long)(at - await CreditOfAsync(run, sent[i].Id)).TotalMicroseconds);
        }

        return [.. Of("event-to-screen", sinceCredited), .. Of("payment-to-screen", sinceSent)];

        IEnumerable<Figure> Of(string name, HistogramBase times) =>
            ((int[])[50, 99]).Select(percentile => new Figure(
                string.Create(CultureInfo.InvariantCulture, $"{name}-p{percentile}{payflow.Suffix}"),
                times.GetValueAtPercentile(percentile) / 1000.0,
                "ms",
                payflow.Broker
            ));
    }

    /// <summary>What the screen says after so many payments of a paisa.</summary>
    private static string Text(int paise) => string.Create(CultureInfo.InvariantCulture, $"₹{paise / 100m:0.00}");

    /// <returns>The account of somebody who can sign in at a browser, whom the first payer knows.</returns>
    private static async Task<Guid> OpenAsync(Run run)
    {
        using var signedUp = await run.Payflow.Accounts.PostAsJsonAsync(
            "auth/sign-up",
            new
            {
                email = Email,
                password = Password,
                name = "Watcher",
                handle = "watcher",
            }
        );
        signedUp.EnsureSuccessStatusCode();
        await using var accounts = NpgsqlDataSource.Create(run.Payflow.Database("accountsdb"));
        await using var find = accounts.CreateCommand(
            """
            select a.id, a.owner_id, p.owner_id from accounts a join parties w on w.id = a.owner_id, accounts p
            where w.email = $1 and p.id = $2
            """
        );
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Email });
        find.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = run.People.Payers[0].Account });
        await using var reader = await find.ExecuteReaderAsync();
        await reader.ReadAsync();
        await People.SeedPayeesAsync(run.Payflow, [(reader.GetGuid(2), reader.GetGuid(1))]);
        return reader.GetGuid(0);
    }

    private static async Task<(DateTimeOffset At, Guid Id)> PayAsync(Run run, Guid to)
    {
        var payer = run.People.Payers[0];
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions")
        {
            Content = JsonContent.Create(
                new
                {
                    fromAccount = payer.Account,
                    toAccount = to,
                    amount = "0.01",
                    currency = "INR",
                }
            ),
        };
        request.Headers.Authorization = payer.Authorization;
        request.Headers.Add("Idempotency-Key", Run.NewKeys());
        var at = TimeProvider.System.GetUtcNow();
        using var answer = await run.Payflow.Api.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (at, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid());
    }

    private static async Task<DateTimeOffset> CreditOfAsync(Run run, Guid transaction)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"transactions/{transaction}");
        request.Headers.Authorization = run.People.Payers[0].Authorization;
        using var answer = await run.Payflow.Api.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var timeline = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("timeline").EnumerateArray();
        return timeline
            .First(step => step.GetProperty("step").GetString() == "credited")
            .GetProperty("at")
            .GetDateTimeOffset();
    }
}
