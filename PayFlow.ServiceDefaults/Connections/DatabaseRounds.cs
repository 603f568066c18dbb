using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>Goes to the database again and again, at once and then at an interval. A round that the database fails is left to the next one.</summary>
public abstract class DatabaseRounds(TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    protected TimeProvider Clock => clock;

    protected ILogger Logger => logger;

    protected abstract Task RoundAsync(CancellationToken cancellationToken);

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
                // Once for each reason: an outage of an hour is one line.
                if (trouble != failure.Message) logger.LogWarning("This round failed and the next one comes in {Interval}: {Reason}", interval, failure.Message);
                trouble = failure.Message;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
