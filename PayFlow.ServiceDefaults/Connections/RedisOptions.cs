namespace PayFlow.ServiceDefaults.Connections;

/// <summary>Section <c>Redis</c> of the configuration; where Redis is, is <c>ConnectionStrings:redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>How long a request waits for an answer before it goes on without Redis.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often it is asked whether it is there.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
