using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// Background work on the database in rounds: at once, then at an interval until it is done. A database failure ends
/// the round and never the process.
/// </summary>
public abstract class DatabaseRounds(TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    private bool _isDone;

    protected TimeProvider Clock => clock;

    protected ILogger Logger => logger;

    protected abstract Task RoundAsync(CancellationToken cancellationToken);

    /// <summary>Makes this round the last one.</summary>
    protected void Done() => _isDone = true;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        string? trouble = null;
        do
        {
            try
            {
                await RoundAsync(stoppingToken);
                trouble = null;
            }
            catch (Exception failure) when (failure.IsOfDatabase())
            {
                // Logged once for each reason, so that an outage of an hour is one line.
                if (trouble != failure.Message)
                    logger.LogWarning(
                        "This round failed and the next one comes in {Interval}: {Reason}",
                        interval,
                        failure.Message
                    );
                trouble = failure.Message;
            }
        } while (!_isDone && await timer.WaitForNextTickAsync(stoppingToken));
    }
}
