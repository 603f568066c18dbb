namespace PayFlow.Operations.Tests;

/// <summary>k6 is not among what the tests can install, so its scripts are only read: as JavaScript, and for their thresholds.</summary>
public sealed class LoadScriptTests
{
    public static TheoryData<string> Scenarios => ["smoke.js", "load.js", "stress.js", "spike.js", "soak.js"];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_scenario_parses_and_has_thresholds(string file)
    {
        await Repository.AssertSucceedsAsync("node", "--check", Repository.In("deploy", "load", file));
        var text = Repository.Read("deploy", "load", file);
        Assert.Contains("from \"./payflow.js\"", text, StringComparison.Ordinal);
        Assert.Contains("thresholds", text, StringComparison.Ordinal);
    }

    [Fact]
    public Task The_shared_module_parses() => Repository.AssertSucceedsAsync("node", "--check", Repository.In("deploy", "load", "payflow.js"));
}
