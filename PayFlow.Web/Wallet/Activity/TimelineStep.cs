namespace PayFlow.Web.Wallet.Activity;

public sealed record TimelineStep(string Step, DateTimeOffset At, string? Service = null, string? Detail = null);
