using System.Globalization;
using System.Reflection;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// What holds of every page, with a wallet that has something in it: people with long names, long amounts, unread
/// messages.
/// </summary>
public sealed class PageTests(OnInMemoryKafka payflow, OwnBrowser browser)
    : IAsyncLifetime,
        IClassFixture<SharedInMemoryKafka>,
        IClassFixture<OwnBrowser>
{
    private static readonly string[] DoorPages =
    [
        "/sign-in",
        "/sign-in?ended=true",
        "/sign-up",
        "/forgot-password",
        "/reset-password?code=1",
        "/verify-email?code=1",
    ];

    private static readonly int[] Widths = [320, 360, 390, 430, 768, 960, 1440];

    private readonly Wallet _wallet = new(payflow);

    private string Url => payflow.Part("web").GetProperty("url").GetString()!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await browser.CloseContextsAsync();

    [Fact]
    public async Task No_page_is_wider_than_its_screen_and_axe_finds_nothing()
    {
        var (owner, payment, other) = await RichWalletAsync();
        string[] pages =
        [
            "/",
            "/activity",
            "/activity?status=failed",
            $"/activity/{payment}",
            "/send",
            $"/send?to={other.Account}",
            "/notifications",
            "/me",
            "/me/security",
            "/no-such-page",
        ];
        var wrong = new List<string>();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await NewPageAsync(scheme);
            foreach (var path in DoorPages)
                await LookAsync(page, path, scheme, wrong);
            await SignInAsync(page, owner);
            foreach (var path in pages)
                await LookAsync(page, path, scheme, wrong);
            await page.Context.DisposeAsync();
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_page_answers_HEAD_as_GET_and_has_its_icons()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Url),
        };
        string[] paths =
        [
            .. Routes(),
            "/no-such-page",
            "/favicon.ico",
            "/apple-touch-icon.png",
            "/manifest.webmanifest",
            "/icon.svg",
            "/.well-known/jwks.json",
            "/openapi/accounts/v1.json",
            "/openapi/transactions/v1.json",
            "/openapi/notifications/v1.json",
            "/api/v1/accounts/me",
            "/api/transactions",
            "/api/v1/auth/sign-in",
            "/health",
        ];
        foreach (var path in paths)
        {
            using var whole = await client.GetAsync(path, TestContext.Current.CancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            using var head = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(
                (path, whole.StatusCode, whole.Content.Headers.ContentType),
                (path, head.StatusCode, head.Content.Headers.ContentType)
            );
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task What_is_said_while_the_connection_is_away_can_be_read()
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await NewPageAsync(scheme, width: 390);
            await SignInAsync(page, await _wallet.OpenAsync());
            foreach (var state in new[] { "show", "retrying", "paused", "failed", "resume-failed", "rejected" })
            {
                var seen = await page.EvaluateAsync<BarSeen>(
                    """
                    state => {
                      const bar = document.getElementById('components-reconnect-modal');
                      bar.className = `reconnect components-reconnect-${state}`;
                      const rgb = color => color.match(/[0-9.]+/g).map(Number);
                      const linear = part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
                      const light = color => rgb(color).slice(0, 3).map(part => linear(part / 255))
                        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
                      const ground = getComputedStyle(bar).backgroundColor;
                      const texts = [...bar.querySelectorAll('span, button')]
                        .filter(one => one.offsetParent !== null || one.getClientRects().length)
                        .map(one => getComputedStyle(one));
                      const contrast = Math.min(...texts.map(text => {
                        const [a, b] = [light(text.color), light(ground)].sort((x, y) => y - x);
                        return (a + 0.05) / (b + 0.05);
                      }));
                      return {
                        contrast,
                        isOpaque: (rgb(ground)[3] ?? 1) === 1,
                        height: bar.getBoundingClientRect().height,
                        texts: texts.length,
                        capitals: texts.some(text => text.textTransform !== 'none'),
                      };
                    }
                    """,
                    state
                );
                Assert.True(
                    seen is { Contrast: >= 4.5, IsOpaque: true, Height: > 20 and < 64, Texts: > 0, Capitals: false },
                    $"{scheme} {state}: {seen}"
                );
            }
        }
    }

    [Theory]
    [InlineData(320, "100%")]
    [InlineData(390, "100%")]
    [InlineData(390, "200%")]
    [InlineData(1440, "100%")]
    public async Task What_is_said_while_the_connection_is_away_covers_nothing(int width, string text)
    {
        var page = await NewPageAsync(ColorScheme.Light, width);
        await SignInAsync(page, await _wallet.OpenAsync());
        await page.GotoAsync("/me/security/pin");
        await Assertions.Expect(page.Locator(".back")).ToBeVisibleAsync();
        await page.EvaluateAsync("text => document.documentElement.style.fontSize = text", text);
        foreach (var state in new[] { "show", "failed", "rejected" })
        {
            var covered = await page.EvaluateAsync<string[]>(
                """
                state => {
                  const bar = document.getElementById('components-reconnect-modal');
                  bar.className = `reconnect components-reconnect-${state}`;
                  const under = bar.getBoundingClientRect();
                  const covers = box => box.width > 0 && box.left < under.right && under.left < box.right
                    && box.top < under.bottom && under.top < box.bottom;
                  return [...document.querySelectorAll('main a, main h1, main input, main button, .rail a')]
                    .filter(one => covers(one.getBoundingClientRect())).map(one => one.textContent || one.id);
                }
                """,
                state
            );
            Assert.True(covered.Length == 0, $"{state}: {string.Join(", ", covered)}");
        }
    }

    [Fact]
    public async Task A_first_visit_in_the_dark_loads_once_and_follows_the_system()
    {
        var page = await NewPageAsync(ColorScheme.Dark);
        var loads = 0;
        page.Request += (_, request) => loads += request.IsNavigationRequest ? 1 : 0;
        await page.GotoAsync("/sign-in");
        var dark = await GroundAsync(page);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        Assert.Equal((1, "rgb(14, 14, 19)", "rgb(248, 248, 251)"), (loads, dark, await GroundAsync(page)));
    }

    [Fact]
    public async Task A_page_that_the_server_has_forgotten_loads_again_by_itself()
    {
        var page = await NewPageAsync(ColorScheme.Light);
        await SignInAsync(page, await _wallet.OpenAsync());
        await page.EvaluateAsync("window.isOld = true");
        await page.EvaluateAsync(
            "document.getElementById('components-reconnect-modal').dispatchEvent(new "
                + "CustomEvent('components-reconnect-state-changed', { detail: { state: 'rejected' } }))"
        );
        await Eventually.HoldsAsync(async () => await IsFreshAsync(page));
    }

    [Fact]
    public async Task The_keyboard_reaches_what_is_there()
    {
        var (owner, _, _) = await RichWalletAsync();
        var page = await NewPageAsync(ColorScheme.Light, width: 1440);
        await SignInAsync(page, owner);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".home-activity a.row").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".skip-link")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(page.Locator("main .row").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("main .row").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/activity/*");
        // Somewhere else begins at its heading.
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#keys")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#keys")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("/");
        await page.WaitForURLAsync("**/send");
        await Assertions.Expect(page.Locator("main input").First).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("/j?");
        await Assertions.Expect(page.Locator("main input").First).ToHaveValueAsync("/j?");
    }

    private static async Task<bool> IsFreshAsync(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<bool>(
                "window.isOld === undefined && document.querySelector('.home-hero') !== null"
            );
        }
        catch (PlaywrightException)
        {
            // The old page goes while it is asked.
            return false;
        }
    }

    private static async Task<string> GroundAsync(IPage page) =>
        await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static IEnumerable<string> Routes() =>
        Assembly
            .LoadFrom(
                Path.Combine(
                    Path.GetDirectoryName(RunningPayFlow.AppHostAssembly)!
                        .Replace("PayFlow.AppHost", "PayFlow.Web", StringComparison.Ordinal),
                    "PayFlow.Web.dll"
                )
            )
            .GetExportedTypes()
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>())
            .Select(route => route.Template)
            .Where(route => !route.Contains('{', StringComparison.Ordinal));

    private static async Task LookAsync(IPage page, string path, ColorScheme scheme, List<string> wrong)
    {
        await page.GotoAsync(path);
        await Assertions.Expect(page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await page.Locator("main h1")
            .First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        foreach (var result in (await page.RunAxe()).Violations)
        {
            wrong.Add($"{path} {scheme}: {result.Id}: {string.Join(", ", result.Nodes.Select(node => node.Html))}");
        }

        // Colours change no width.
        if (scheme == ColorScheme.Dark)
            return;
        foreach (var (text, width) in Widths.Select(width => (100, width)).Append((200, 320)).Append((200, 390)))
        {
            await page.SetViewportSizeAsync(width, 844);
            await page.EvaluateAsync(
                $"document.documentElement.style.fontSize = '{text.ToString(CultureInfo.InvariantCulture)}%'"
            );
            var tooWide = await page.EvaluateAsync<string[]>(
                """
                () => {
                  const width = document.documentElement.scrollWidth;
                  if (width <= innerWidth) return [];
                  const outside = [...document.querySelectorAll('body *')]
                    .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5 && one.checkVisibility())
                    .map(one => `${one.tagName}.${one.className}`);
                  return [`${width} px`, ...outside.slice(0, 6)];
                }
                """
            );
            if (tooWide.Length > 0)
                wrong.Add($"{path} at {width} px, {text} %: {string.Join(" ", tooWide)}");
        }

        await page.EvaluateAsync("document.documentElement.style.fontSize = ''");
        await page.SetViewportSizeAsync(390, 844);
    }

    /// <summary>
    /// Six people to pay, one of whom has closed their wallet, a failed payment, and messages that nobody has read.
    /// </summary>
    private async Task<(Person Owner, Guid Payment, Person Other)> RichWalletAsync()
    {
        var owner = await _wallet.OpenAsync("98765432109.87");
        var others = new List<Person>();
        foreach (
            var name in new[]
            {
                "Maximiliane Ottilie von Hohenstein-Schwarzenfels zu Neuburg an der Donau",
                "Wolfeschlegelsteinhausenbergerdorff",
                "🦄 Uni Corn",
                "שרה לוי",
                "नेहा अय्यर",
                "Closed Person",
            }
        )
        {
            var other = await _wallet.OpenAsync("500.00", called: name);
            others.Add(other);
            await _wallet.PayAsync(
                other,
                owner.Account,
                "500.00",
                note: "Rent for the flat in the long street behind the old railway station"
            );
        }

        var payment = (await _wallet.PayAsync(owner, others[0].Account, "9876.54", note: new string('m', 140)))
            .GetProperty("id")
            .GetGuid();
        Assert.Equal(
            "failed",
            (await _wallet.PayAsync(owner, others[1].Account, "12.34", expiresAt: DateTimeOffset.UnixEpoch))
                .GetProperty("status")
                .GetString()
        );
        await _wallet.ChangeAsync(others[5], "close");
        return (owner, payment, others[0]);
    }

    private Task<IPage> NewPageAsync(ColorScheme scheme, int width = 390) =>
        browser.NewPageAsync(
            new BrowserNewContextOptions
            {
                BaseURL = Url,
                Locale = "en-IN",
                TimezoneId = "Asia/Calcutta",
                ColorScheme = scheme,
                ViewportSize = new ViewportSize { Width = width, Height = 844 },
            }
        );

    private static async Task SignInAsync(IPage page, Person person)
    {
        await page.GotoAsync("/");
        await page.GetByLabel("E-mail").FillAsync(person.Email);
        await page.GetByLabel("Password").FillAsync(Wallet.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹");
    }

    // Playwright makes it without arguments and sets what the page has answered.
    private sealed record BarSeen
    {
        public double Contrast { get; set; }

        public bool IsOpaque { get; set; }

        public double Height { get; set; }

        public int Texts { get; set; }

        public bool Capitals { get; set; }
    }
}
