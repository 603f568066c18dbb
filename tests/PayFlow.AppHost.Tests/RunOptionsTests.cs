using Microsoft.Extensions.Configuration;
using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

public sealed class RunOptionsTests
{
    public static TheoryData<string[], string?> CommandLines =>
        new()
        {
            { [], null },
            { ["--port-base", "9000"], null },
            { ["--port-base=9000", "--data=/x", "--reset"], null },
            { ["--data", "with space", "--reset"], null },
            { ["--port-base"], "--port-base needs a value." },
            { ["--port-base", "web"], "'web' is no port" },
            { ["--port-base", "0"], "'0' is no port" },
            { ["--port-base", "65532"], "'65532' is no port" },
            { ["--port-base", "-1"], "'-1' is no port" },
            { ["--data"], "--data needs a value." },
            { ["--data", ""], "--data needs a value." },
            { ["--reset=now"], "'--reset=now' is not understood" },
            { ["reset"], "'reset' is not understood" },
            { ["--prometheus"], null },
            { ["--prometheus=now"], "'--prometheus=now' is not understood" },
            { ["--dashboard", "--prometheus"], null },
            { ["--dashboard=now"], "'--dashboard=now' is not understood" },
        };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void A_command_line_is_taken_or_refused_in_words(string[] args, string? wrong)
    {
        var said = RunOptions.Read(args, new ConfigurationManager());
        if (wrong is null)
            Assert.Null(said);
        else
            Assert.StartsWith(wrong, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_folder_counts_from_the_current_one_and_the_default_lies_beside_the_solution()
    {
        Assert.Equal(
            Path.Combine(Directory.GetCurrentDirectory(), "some/where"),
            Options("--data", "some/where/").Data
        );
        var standard = Options().Data;
        Assert.Equal(".payflow", Path.GetFileName(standard));
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(standard)!, "PayFlow.sln")));
        Assert.True(Options("--reset").Reset);
    }

    [Theory]
    [InlineData("manifest.json", "manifest.json")]
    [InlineData("some/where/m.json", "some/where/m.json")]
    [InlineData("some/where", "some/where/aspire-manifest.json")]
    [InlineData("some/where/", "some/where/aspire-manifest.json")]
    [InlineData("m.JSON", "m.JSON/aspire-manifest.json")]
    public void A_manifest_counts_from_the_current_folder_and_has_aspires_name_in_one_that_is_named(
        string named,
        string expected
    )
    {
        var configuration = new ConfigurationManager();
        Assert.Null(RunOptions.Read(["--publisher", "manifest", "--output-path", named], configuration));
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), expected), RunOptions.Manifest(configuration));
    }

    [Theory]
    [InlineData("/usr/bin/dotnet run --project PayFlow.AppHost", true)]
    [InlineData("dotnet watch", true)]
    [InlineData("dotnet /app/Service.dll run", true)]
    [InlineData("dotnet test", false)]
    [InlineData("/bin/bash -c run", false)]
    [InlineData(null, false)]
    public void Only_dotnet_run_takes_the_run_with_it(string? parent, bool expected) =>
        Assert.Equal(expected, DotnetRun.IsDotnetRun(parent));

    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(false, 1, 2)]
    [InlineData(false, 16, 30)]
    [InlineData(false, 30, 30)]
    [InlineData(true, 30, 1)]
    public void A_crashed_child_waits_longer_each_time_until_it_was_healthy(bool wasHealthy, int last, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), Child.DelayAfter(wasHealthy, TimeSpan.FromSeconds(last)));

    private static RunOptions Options(params string[] args)
    {
        var configuration = new ConfigurationManager();
        Assert.Null(RunOptions.Read(args, configuration));
        return RunOptions.From(configuration);
    }
}
