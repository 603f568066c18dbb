using Npgsql;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Accounts;

/// <summary>Posts the sample people's payments as the ledger posts any other, once: what it has decided before stays decided.</summary>
public sealed class SamplePayments(NpgsqlDataSource database, LedgerWriter ledger, Outbox outbox, AuditLog audit)
{
    public void Post()
    {
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        using var trail = audit.NewTrail();
        var announced = outbox.NewBatch();
        // Nobody waits for the end of these payments: Transactions records them by itself.
        ledger.Apply(
            connection,
            transaction,
            TenantId.Default,
            [.. SampleHistory.Payments.Select(Command)],
            announced,
            trail,
            _ => announced.KeepOnly(Topics.BalanceUpdated)
        );
        transaction.Commit();
        trail.Committed();
        outbox.Committed(announced);
    }

    private static TracedCommand Command(SampleHistory.Payment payment) =>
        new(
            new LedgerCommand(
                payment.Id.Value,
                1,
                payment.Payer.Value,
                Currency.Inr.Code,
                [
                    new LedgerLine(payment.Payer.Value, -payment.Minor),
                    new LedgerLine(payment.Payee.Value, payment.Minor),
                ]
            ),
            null
        );
}
