namespace PayFlow.Deploy.Tests;

/// <summary>
/// What is rendered: each profile alone and with each component that it does not have by itself, and what is applied
/// beside one.
/// </summary>
public static class Profiles
{
    public const string Canary = "variants/canary";
    public const string Green = "variants/green";
    public const string GreenServes = "variants/green-serves";

    public static readonly IReadOnlyList<string> Services = ["accounts", "transactions", "notifications", "web"];

    private static readonly string[] Wholes =
    [
        "small",
        "ha",
        "small+host-ports",
        "small+redis",
        "ha+redis",
        "small+letsencrypt",
        "ha+letsencrypt",
        "small+telemetry",
        "small+telemetry+telemetry-kept",
        "ha+telemetry-kept",
        "small+mail",
        "ha+mail",
        "small+alerting",
        "ha+alerting",
        "ha+object-store",
        "small+external-secrets-small",
        "ha+external-secrets-ha",
        "ha+external-secrets-ha+mail+redis+letsencrypt",
    ];

    public static TheoryData<string> Whole => [.. Wholes];

    public static TheoryData<string> Everything => [.. Wholes, Canary, Green, GreenServes, "cluster"];
}
