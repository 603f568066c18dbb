using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Degraded, which still serves, until every consumer has its place in its group: what is accepted meanwhile waits in the outbox.</summary>
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
