namespace PayFlow.Tests;

/// <summary>
/// The environment of processes that tests start. They live for minutes: optimising what runs a few dozen times costs
/// more processor than it saves. So methods are optimised after a thousand calls (hexadecimal here) and without
/// profiles, and Java's broker uses its quick compiler only.
/// </summary>
internal static class QuickStart
{
    public static readonly (string Name, string Value)[] Variables =
    [
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_TC_CallCountThreshold", "3E8"),
        ("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1"),
    ];
}
