using Microsoft.Extensions.Diagnostics.HealthChecks;
using PayFlow.Accounts.Accounts;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Accounts;

/// <summary>
/// Five sample people with money, in Development only. Balances come from real postings with fixed ids, so that starting again
/// adds nothing. Accounts is not ready before they are committed.
/// </summary>
public static class SampleData
{
    private sealed record Person(string Name, string Handle, AccountKind Kind, long Minor, int Number);

    private static readonly Person[] People =
    [
        new("Asha Rao", "@asha", AccountKind.Customer, 10_000_00, 1),
        new("Vikram Shah", "@vikram", AccountKind.Customer, 5_000_00, 2),
        new("Neha Iyer", "@neha", AccountKind.Customer, 7_500_00, 3),
        new("Chai Point", "@chaipoint", AccountKind.Merchant, 2_500_00, 4),
        new("Admin", "@admin", AccountKind.Customer, 0, 5),
    ];

    public static void AddSampleData(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment()) return;
        builder.Services.AddRunning<Seeding>();
        builder.Services.AddHealthChecks().AddCheck<Seeding>("sample data");
    }

    private static Guid Id(int kind, int number) => new($"00000000-0000-7000-8{kind:000}-{number:000000000000}");

    internal sealed class Seeding(AccountOpening opening, Adjustments adjustments) : BackgroundService, IHealthCheck
    {
        private volatile bool _done;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(_done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The sample balances are not committed yet."));

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            foreach (var person in People)
            {
                var id = Id(1, person.Number);
                // Refused where it is there already.
                await opening.OpenAsync(person.Name, person.Handle[1..] + "@payflow.example", "INR", person.Handle, person.Kind, id, AuditActor.System, stoppingToken);
                if (person.Minor == 0) continue;
                var amount = new Money(person.Minor, Currency.Inr);
                await adjustments.ApplyAsync(
                    new AccountId(id), amount, "Sample balance", new TransactionId(Id(2, person.Number)), "sample-balance", IdempotencyKey.Fingerprint(amount.ToString()), AuditActor.System, stoppingToken);
            }

            _done = true;
        }
    }
}
