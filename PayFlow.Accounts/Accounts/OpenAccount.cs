using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary><c>POST /accounts</c>: one open account a person and currency; the person is known by the e-mail address.</summary>
public static partial class OpenAccount
{
    public sealed record Request(string HolderName, string Email, string Currency, string? Handle = null);

    public static async Task<Results<Created<AccountResponse>, ProblemHttpResult>> HandleAsync(Request request, AuditActor who, AccountOpening opening, CancellationToken cancellationToken)
    {
        var handle = request.Handle?.Trim().TrimStart('@');
        var errors = new FieldErrors()
            .AddIf(request.HolderName.Trim().Length is 0 or > 100 || request.HolderName.Any(char.IsControl), "holderName", "1 to 100 characters.")
            .AddIf(request.Email.Length > 254 || !Email().IsMatch(request.Email), "email", "An e-mail address.")
            .AddIf(!Currency.TryParse(request.Currency, out _), "currency", "An ISO 4217 code such as INR.")
            .AddIf(handle is not null && !Handle().IsMatch(handle), "handle", "3 to 30 lower case letters, digits or underscores.");
        if (errors.Any) return errors.ToProblem();
        var (row, problem) = await opening.OpenAsync(request.HolderName.Trim(), request.Email, request.Currency, handle is null ? null : "@" + handle, AccountKind.Customer, null, who, cancellationToken);
        return row is null ? Problem.Of(problem!, "Use the account that is there, or another e-mail address, currency or handle.") : TypedResults.Created($"/api/v1/accounts/{row.Id}", AccountResponse.From(row));
    }

    [GeneratedRegex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex("^[a-z0-9_]{3,30}$", RegexOptions.NonBacktracking)]
    private static partial Regex Handle();
}

/// <summary>Opens accounts; what must be unique is the database's to say, so that two at once cannot both win.</summary>
public sealed class AccountOpening(IServiceScopeFactory scopes, NpgsqlDataSource database, Outbox outbox, AuditLog audit, TimeProvider clock)
{
    public async Task<(AccountRow? Row, ProblemCode? Problem)> OpenAsync(
        string name, string email, string currency, string? handle, AccountKind kind, Guid? id, AuditActor who, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var (now, tenant) = (clock.GetUtcNow(), TenantId.Default);
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await SystemAccounts.EnsureAsync(connection, null, tenant, currency, now, cancellationToken);
        }

        var mailbox = email.ToLowerInvariant();
        for (var attempt = 0; ; attempt++)
        {
            var party = await db.Parties.SingleOrDefaultAsync(known => known.TenantId == tenant.Value && known.Email == mailbox, cancellationToken);
            if (party is null) db.Add(party = new PartyRow { Id = TypedId.NewGuid(clock), TenantId = tenant.Value, Email = mailbox, Name = name, Handle = handle, CreatedAt = now });
            else if (handle is not null && party.Handle is not null && party.Handle != handle) return (null, ProblemCodes.HandleTaken);
            else party.Handle ??= handle;
            var row = new AccountRow
            {
                Id = id ?? TypedId.NewGuid(clock),
                TenantId = tenant.Value,
                AccountNumber = AccountNumber.NewRandom().Digits,
                OwnerId = party.Id,
                HolderName = name,
                Email = mailbox,
                Handle = party.Handle,
                Kind = WireWord.Of(kind),
                Currency = currency,
                Version = 1,
                CreatedAt = now,
                UpdatedAt = now,
            };
            var events = outbox.NewBatch();
            events.Add(new AccountCreated(row.Snapshot()));
            using var trail = audit.NewTrail();
            trail.Add(new AuditEvent(AuditActions.AccountOpened, who, "account", row.Id.ToString()) { After = new { row.Kind, row.Currency, partyId = row.OwnerId } });
            db.Add(row);
            trail.AddTo(db);
            db.Add(outbox.ToRow(events));
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                trail.Committed();
                outbox.Committed(events);
                return (row, null);
            }
            catch (DbUpdateException taken) when (taken.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique)
            {
                db.ChangeTracker.Clear();
                if (unique.ConstraintName is AccountsDbContext.OnePerCurrency or AccountsDbContext.OneId) return (null, ProblemCodes.AccountExists);
                if (unique.ConstraintName == AccountsDbContext.OneHandle) return (null, ProblemCodes.HandleTaken);
                // The same person in the same moment, or a number drawn twice: look again.
                if (attempt == 5) throw;
            }
        }
    }
}
