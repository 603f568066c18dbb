namespace PayFlow.Web.Api;

public sealed record TimelineStep(string Step, DateTimeOffset At, string? Service = null, string? Detail = null);
