using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Degraded, but still serving, until every consumer is a member of its group. Accepted work waits in the outbox
/// meanwhile.
/// </summary>
internal sealed class ConsumersHealthCheck(IEnumerable<BatchConsumer> consumers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            consumers.All(consumer => consumer.WasAssigned)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded("Waiting for the broker.")
        );
}
