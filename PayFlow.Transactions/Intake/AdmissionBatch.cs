using Npgsql;

namespace PayFlow.Transactions.Intake;

/// <summary>A kind's decisions on the requests of one intake batch, in the batch's database transaction.</summary>
public abstract class AdmissionBatch
{
    /// <summary>
    /// What it locks and reads first. Each statement sees what the one before it has waited for, so a lock and the
    /// reading that it protects are two.
    /// </summary>
    public abstract IReadOnlyList<NpgsqlBatchCommand> Load { get; }

    /// <param name="reader">At the first result of <see cref="Load"/>; it must stay within its results.</param>
    public abstract void Read(NpgsqlDataReader reader);

    /// <returns>Null where the kind has no objection.</returns>
    public abstract IntakeOutcome.Refused? Decide(Transfer request);

    /// <summary>The request was admitted: the next decision of this batch must see it.</summary>
    public abstract void Admitted(Transfer request);
}
