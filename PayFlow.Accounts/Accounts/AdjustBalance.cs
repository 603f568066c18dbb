using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// <c>PUT /accounts/{id}/balance</c>: an admin's correction, a posting against equity with a reason; never a set. Above a
/// configured amount it waits for another admin (<see cref="ReviewAdjustment"/>). Nobody adjusts an account of their own.
/// </summary>
public static class AdjustBalance
{
    public sealed record Request(AmountText Adjustment, string Reason);

    public sealed record Response(Guid TransactionId, string Balance, string Currency, long EntrySeq, DateTimeOffset PostedAt);

    public static async Task<Results<Ok<Response>, Accepted<AdjustmentResponse>, ProblemHttpResult>> HandleAsync(
        AccountId id,
        Request request,
        Caller caller,
        AuditActor who,
        HttpRequest http,
        AccountsDbContext db,
        Adjustments adjustments,
        IOptions<AdjustmentOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (IdempotencyKey.TryRead(http, out var key) is { } refused) return refused;
        if (await db.Holders().SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken) is not { } row) return AccountsApi.NotFound();
        if (caller.Owns(new PartyId(row.OwnerId))) return Problem.Of(ProblemCodes.Forbidden, "Another admin has to adjust an account of yours.");
        var currency = Currency.Parse(row.Currency);
        var errors = new FieldErrors().AddIf(request.Reason.Trim().Length is 0 or > 200, "reason", "1 to 200 characters.");
        var error = request.Adjustment.TryRead(currency, out var amount);
        errors.AddIf(error != AmountError.None, "adjustment", $"A decimal number with at most {currency.Exponent} digits after the point.")
            .AddIf(error == AmountError.None && amount.Minor == 0, "adjustment", "Not zero.");
        if (errors.Any) return errors.ToProblem();

        var fingerprint = IdempotencyKey.Fingerprint(id.ToString(), amount.ToString(), request.Reason.Trim());
        var scope = caller.UserId.ToString();
        if (options.Value.NeedsApproval(amount))
        {
            var proposal = new AdjustmentRow
            {
                Id = TransactionId.New(clock).Value,
                TenantId = row.TenantId,
                AccountId = row.Id,
                Amount = amount.Minor,
                Currency = row.Currency,
                Reason = request.Reason.Trim(),
                RequestedBy = caller.UserId.Value,
                RequestedAt = clock.GetDatabaseNow(),
            };
            var (kept, isNew) = await adjustments.ProposeAsync(db, proposal, scope, key, fingerprint, who, cancellationToken);
            if (kept is null) return Problem.Of(ProblemCodes.IdempotencyKeyReused, "Use a new key for another adjustment.");
            if (!isNew) http.HttpContext.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
            return TypedResults.Accepted($"/api/v1/adjustments/{kept.Id}", AdjustmentResponse.From(kept));
        }

        var outcome = await adjustments.ApplyAsync(id, amount, request.Reason.Trim(), TransactionId.New(clock), scope, key, fingerprint, who, cancellationToken);
        if (outcome is null) return Problem.Of(ProblemCodes.IdempotencyKeyReused, "Use a new key for another adjustment.");
        if (outcome.Decision.Refusal is { } reason) return Problem.Of(ProblemCodes.Of(WireWord.Of(reason)), "Nothing was posted.");
        if (outcome.Replayed) http.HttpContext.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        var entry = outcome.Decision.Entries.Single(entry => entry.AccountId == id.Value);
        return TypedResults.Ok(new Response(outcome.Decision.Command.TransactionId, Money.Format(entry.Balance, currency), row.Currency, entry.EntrySeq, outcome.Decision.PostedAt));
    }
}

/// <summary>Posts what Accounts decides by itself, and announces it so that Transactions records it.</summary>
public sealed class Adjustments(NpgsqlDataSource database, LedgerWriter ledger, Outbox outbox, AuditLog audit) : IDisposable
{
    // All adjustments of a currency lock its equity account, so more at once only wait; and each waits on a thread of the pool.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public sealed record Outcome(LedgerDecision Decision, bool Replayed);

    /// <returns>Null where the key was used for another request. A refusal leaves nothing behind, the key included.</returns>
    public Task<Outcome?> ApplyAsync(AccountId account, Money amount, string reason, TransactionId transactionId, string scope, string key, byte[] fingerprint, AuditActor who, CancellationToken cancellationToken) =>
        InTurnAsync(
            (connection, transaction) =>
            {
                var (winner, same) = Claim(connection, transaction, transactionId, scope, key, fingerprint);
                return same ? (winner, winner != transactionId) : null;
            },
            account,
            amount,
            reason,
            who,
            cancellationToken);

    /// <summary>Posts what another admin approved, in the transaction that records the approval.</summary>
    /// <returns>Null where it was decided before.</returns>
    public Task<Outcome?> ApproveAsync(AdjustmentRow proposal, UserId approver, DateTimeOffset now, AuditActor who, CancellationToken cancellationToken) =>
        InTurnAsync(
            (connection, transaction) =>
            {
                using var approve = new NpgsqlCommand("update adjustments set status = 'approved', decided_by = $2, decided_at = $3 where id = $1 and status = 'pending'", connection, transaction);
                approve.Parameters.AddRange(new NpgsqlParameter[] { SetBased.Value(proposal.Id), SetBased.Value(approver.Value), SetBased.Value(now) });
                return approve.ExecuteNonQuery() == 1 ? (new TransactionId(proposal.Id), false) : null;
            },
            new AccountId(proposal.AccountId),
            new Money(proposal.Amount, Currency.Parse(proposal.Currency)),
            proposal.Reason,
            who,
            cancellationToken);

    /// <summary>Keeps a proposal under its key; nothing is posted.</summary>
    /// <returns>Null where the key was used for another request; the first proposal where it was used for this one.</returns>
    public async Task<(AdjustmentRow? Kept, bool IsNew)> ProposeAsync(AccountsDbContext db, AdjustmentRow proposal, string scope, string key, byte[] fingerprint, AuditActor who, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (winner, same) = Claim((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)transaction.GetDbTransaction(), new TransactionId(proposal.Id), scope, key, fingerprint);
        if (!same) return (null, false);
        if (winner.Value != proposal.Id) return (await db.Adjustments.AsNoTracking().SingleAsync(row => row.Id == winner.Value, cancellationToken), false);
        db.Add(proposal);
        using var trail = audit.NewTrail();
        trail.Add(new AuditEvent(AuditActions.AdjustmentRequested, who, "account", proposal.AccountId.ToString()) { After = new { adjustmentId = proposal.Id, amount = proposal.Amount, proposal.Currency, proposal.Reason } });
        trail.AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        trail.Committed();
        return (proposal, true);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Outcome?> InTurnAsync(
        Func<NpgsqlConnection, NpgsqlTransaction, (TransactionId Id, bool Replayed)?> begin, AccountId account, Money amount, string reason, AuditActor who, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The ledger is synchronous, and its locks are held for a moment only.
            return await Task.Run(() => Apply(begin, account, amount, reason, who), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Outcome? Apply(Func<NpgsqlConnection, NpgsqlTransaction, (TransactionId Id, bool Replayed)?> begin, AccountId account, Money amount, string reason, AuditActor who)
    {
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        if (begin(connection, transaction) is not var (winner, replayed)) return null;
        var equity = SystemAccounts.Id(TenantId.Default, "equity", amount.Currency.Code);
        var command = new LedgerCommand(winner.Value, 1, account.Value, amount.Currency.Code, [new LedgerLine(account.Value, amount.Minor), new LedgerLine(equity, checked(-amount.Minor))]);
        var announced = outbox.NewBatch();
        using var trail = audit.NewTrail();
        var decision = ledger.Apply(connection, transaction, TenantId.Default, [new TracedCommand(command, System.Diagnostics.Activity.Current?.Id)], announced, trail, decisions =>
        {
            // Transactions hears of it as an adjustment; debit and credit events are for what it asked for itself.
            announced.KeepOnly(Topics.BalanceUpdated);
            if (decisions[0].Refusal is null)
            {
                announced.Add(new AdjustmentPosted(TenantId.Default, winner, Holder(connection, transaction, account), new AccountId(equity), amount.ToString(), amount.Currency.Code, reason, decisions[0].PostedAt));
                // A repeated key posts nothing and is no adjustment of its own.
                if (!replayed) trail.Add(Audited(who, winner, account, amount, reason, decisions[0]));
            }
        })[0];
        if (decision.Refusal is not null) return new Outcome(decision, false);
        transaction.Commit();
        trail.Committed();
        outbox.Committed(announced);
        return new Outcome(decision, replayed);
    }

    private static AuditEvent Audited(AuditActor who, TransactionId transaction, AccountId account, Money amount, string reason, LedgerDecision decision)
    {
        var balance = decision.Entries.Single(entry => entry.AccountId == account.Value).Balance;
        return new AuditEvent(AuditActions.BalanceAdjusted, who, "account", account.ToString())
        {
            Before = new { balance = Money.Format(balance - amount.Minor, amount.Currency), currency = amount.Currency.Code },
            After = new { balance = Money.Format(balance, amount.Currency), currency = amount.Currency.Code, transactionId = transaction.Value, reason },
        };
    }

    private static Participant Holder(NpgsqlConnection connection, NpgsqlTransaction transaction, AccountId account)
    {
        using var read = new NpgsqlCommand("select owner_id, holder_name, handle from accounts where id = $1", connection, transaction);
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account.Value });
        using var reader = read.ExecuteReader();
        reader.Read();
        return new Participant(account, new PartyId(reader.GetGuid(0)), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2));
    }

    /// <summary>Takes the key, or waits for whoever holds it and tells which transaction it stands for.</summary>
    private static (TransactionId Winner, bool Same) Claim(NpgsqlConnection connection, NpgsqlTransaction transaction, TransactionId id, string owner, string key, byte[] fingerprint)
    {
        using var claim = new NpgsqlCommand(
            "insert into idempotency_keys (tenant_id, scope, operation, key, fingerprint, transaction_id) values ($1, $2, 'adjustment', $3, $4, $5) on conflict do nothing",
            connection,
            transaction);
        NpgsqlParameter[] scope = [new NpgsqlParameter<Guid> { TypedValue = TenantId.Default.Value }, new NpgsqlParameter<string> { TypedValue = owner }, new NpgsqlParameter<string> { TypedValue = key }];
        claim.Parameters.AddRange(scope);
        claim.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = fingerprint });
        claim.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
        if (claim.ExecuteNonQuery() == 1) return (id, true);
        using var first = new NpgsqlCommand("select transaction_id, fingerprint from idempotency_keys where tenant_id = $1 and scope = $2 and operation = 'adjustment' and key = $3", connection, transaction);
        foreach (var parameter in scope) first.Parameters.Add(parameter.Clone());
        using var reader = first.ExecuteReader();
        reader.Read();
        return (new TransactionId(reader.GetGuid(0)), reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(fingerprint));
    }
}
