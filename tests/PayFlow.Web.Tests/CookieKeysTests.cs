using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PayFlow.Web.SignIn;

namespace PayFlow.Web.Tests;

/// <summary>The keys that cookies are protected with, as they are kept.</summary>
public sealed class CookieKeysTests : IDisposable
{
    private static readonly string First = new('a', 32);
    private static readonly string Second = new('b', 32);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("payflow-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task No_key_is_kept_as_it_is_and_the_secret_reads_the_cookies()
    {
        var cookie = await ProtectAsync(First);
        var file = Assert.Single(_folder.GetFiles("*.xml", SearchOption.AllDirectories));
        var kept = await File.ReadAllTextAsync(file.FullName, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("masterKey", kept, StringComparison.Ordinal);
        Assert.Contains("encryptedKey", kept, StringComparison.Ordinal);
        Assert.Equal("asha", await ReadAsync(First, cookie));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(Second, cookie));
    }

    [Fact]
    public async Task A_new_secret_takes_over_while_the_one_before_stands_beside_it()
    {
        var cookie = await ProtectAsync(First);
        Assert.Equal("asha", await ReadAsync($"{Second}, {First}", cookie));
    }

    [Fact]
    public async Task A_key_that_an_earlier_version_kept_in_the_clear_counts_no_more()
    {
        string cookie;
        await using (var earlier = Build(null, "Development"))
            cookie = Protector(earlier).Protect("asha");
        Assert.Contains(
            "masterKey",
            await File.ReadAllTextAsync(
                Assert.Single(_folder.GetFiles("*.xml")).FullName,
                TestContext.Current.CancellationToken
            ),
            StringComparison.Ordinal
        );
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(First, cookie));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,short")]
    public void Without_a_usable_secret_nothing_starts_outside_of_development(string? secret) =>
        Assert.Throws<InvalidOperationException>(() => Build(secret));

    private static IDataProtector Protector(WebApplication app) =>
        app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private async Task<string> ProtectAsync(string secret)
    {
        await using var app = Build(secret);
        return Protector(app).Protect("asha");
    }

    private async Task<string> ReadAsync(string secret, string cookie)
    {
        await using var app = Build(secret);
        return Protector(app).Unprotect(cookie);
    }

    private WebApplication Build(string? secret, string environment = "Production")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.Configuration["DataProtection:Key"] = secret;
        builder.Configuration["DataProtection:KeyPath"] = _folder.FullName;
        builder.AddCookieKeys();
        return builder.Build();
    }
}
