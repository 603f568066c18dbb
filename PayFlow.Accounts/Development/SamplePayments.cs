using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Development;

/// <summary>
/// Posts the sample people's payments as the ledger posts any other, once: what it has decided before stays decided.
/// </summary>
public sealed class SamplePayments(UnitsOfWork units, LedgerWriter ledger)
{
    public void Post()
    {
        using var work = units.BeginBatch();
        ledger.Apply(work, TenantSources.Samples, [.. SampleHistory.Payments.Select(Command)]);
        // Nobody waits for the end of these payments: Transactions records them by itself.
        work.PublishOnly(BalanceUpdated.TopicName);
        work.Commit();
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
