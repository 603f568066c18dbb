using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Adjustments;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Development;

/// <summary>
/// Sample people who can sign in, four of them with money and a month of payments, in Development only. All of it is
/// real postings with fixed ids, so that starting again adds nothing. Accounts is not ready before they are committed.
/// </summary>
public static class SampleData
{
    private const string Password = "payflow-demo-1";
    private const string Pin = "2468";

    // Cheap, so that the start does not wait for it; the first sign-in hashes it anew.
    private const int WorkFactor = 4;

    /// <param name="Handle">Null where nothing is kept: support and auditor have no wallet.</param>
    private sealed record Person(
        string Name,
        string Mailbox,
        string? Handle,
        AccountKind Kind,
        int Number,
        params Role[] Roles
    )
    {
        public string Email => Mailbox + "@payflow.example";
    }

    private static readonly Person[] People =
    [
        new("Asha Rao", "asha", "@asha", AccountKind.Customer, 1, Role.Customer),
        new("Vikram Shah", "vikram", "@vikram", AccountKind.Customer, 2, Role.Customer),
        new("Neha Iyer", "neha", "@neha", AccountKind.Customer, 3, Role.Customer),
        new("Chai Point", "chaipoint", "@chaipoint", AccountKind.Merchant, 4, Role.Merchant),
        new("Admin", "admin", "@admin", AccountKind.Customer, 5, Role.Admin, Role.Customer),
        new("Support", "support", null, AccountKind.Customer, 6, Role.Support),
        new("Auditor", "auditor", null, AccountKind.Customer, 7, Role.Auditor),
    ];

    public static void AddSampleData(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
            return;
        builder.Services.AddSingleton<SamplePayments>();
        builder.Services.AddRunning<Seeding>();
        builder.Services.AddHealthChecks().AddCheck<Seeding>("sample data");
    }

    internal sealed class Seeding(
        AccountOpening opening,
        AdjustmentEngine adjustments,
        SamplePayments payments,
        IServiceScopeFactory scopes,
        ILookupNormalizer normalizer,
        PaymentPins pins,
        TimeProvider clock,
        ILogger<Seeding> logger
    ) : DatabaseRounds(TimeSpan.FromSeconds(1), clock, logger), IHealthCheck
    {
        private volatile bool _done;

        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult(
                _done
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("The sample balances are not committed yet.")
            );

        protected override async Task RoundAsync(CancellationToken cancellationToken)
        {
            var isOurs = true;
            foreach (var person in People)
            {
                if (person.Handle is not null)
                    isOurs &= await OpenAsync(person, cancellationToken);
                await SeedLoginAsync(person, cancellationToken);
            }

            // Accounts that began with other balances, before there was a history, keep the one that they have.
            if (isOurs)
                await Task.Run(payments.Post, cancellationToken);

            _done = true;
            Done();
        }

        /// <returns>False where the account began with another balance.</returns>
        private async Task<bool> OpenAsync(Person person, CancellationToken cancellationToken)
        {
            var id = SampleHistory.AccountOf(person.Number);
            // Refused where it is there already.
            await opening.OpenAsync(
                new NewAccount
                {
                    Name = person.Name,
                    Email = person.Email,
                    Currency = "INR",
                    Handle = person.Handle,
                    Kind = person.Kind,
                    Id = id.Value,
                },
                AuditActor.System(TenantSources.Samples),
                cancellationToken
            );
            if (!SampleHistory.Balances.TryGetValue(person.Number, out var balance))
                return true;
            var amount = new Money(SampleHistory.OpeningFor(person.Number, balance), Currency.Inr);
            var samples = AuditActor.System(TenantSources.Samples);
            return await adjustments.ApplyAsync(
                new Adjustment(id, amount, "Sample balance"),
                AdjustmentKeys.Of(samples.Tenant, $"sample data {person.Number}", "sample-balance"),
                new FirstUse(SampleHistory.OpeningOf(person.Number), IdempotencyKey.Fingerprint(amount.ToString())),
                samples,
                cancellationToken
            )
                is not null;
        }

        private async Task SeedLoginAsync(Person person, CancellationToken cancellationToken)
        {
            await using var scope = scopes.CreateTenantScope(TenantSources.Samples);
            var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
            var id = SampleHistory.IdOf(3, person.Number);
            var pinHash = BCryptHasher.Hash(pins.Keyed(id, Pin), WorkFactor);
            if (await db.Users.AnyAsync(user => user.Id == id, cancellationToken))
            {
                // Data that is older than PINs.
                await db
                    .Users.Where(user => user.Id == id && user.PinHash == null)
                    .ExecuteUpdateAsync(user => user.SetProperty(one => one.PinHash, pinHash), cancellationToken);
                return;
            }

            var party = await db.Parties.SingleOrDefaultAsync(known => known.Email == person.Email, cancellationToken);
            if (party is null)
                db.Add(
                    party = new PartyRow
                    {
                        Id = TypedId.NewGuid(Clock),
                        TenantId = db.Tenant.Value,
                        Email = person.Email,
                        Name = person.Name,
                        CreatedAt = Clock.GetUtcNow(),
                    }
                );
            var login = SignUp.Login(
                id,
                party,
                normalizer,
                BCryptHasher.Hash(Password, WorkFactor),
                new LoginRights(person.Roles, KycTier.Full),
                Clock
            );
            (login.PinHash, login.EmailConfirmed) = (pinHash, true);
            db.Add(login);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException taken)
                when (taken.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // Another replica lets them in at the same moment.
            }
        }
    }
}
