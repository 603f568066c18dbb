namespace PayFlow.ServiceDefaults.Connections;

public static class DatabaseTime
{
    /// <summary>
    /// Now, to the microsecond that PostgreSQL keeps: what is answered from memory equals what is read back later.
    /// </summary>
    public static DateTimeOffset GetDatabaseNow(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
