namespace PayFlow.Transactions.Intake;

/// <summary>
/// What a kind demands of a request beyond its key and the limits, such as an original that is not refunded yet.
/// </summary>
public interface IKindAdmission
{
    /// <summary>Begins the decisions on the requests of one intake batch.</summary>
    AdmissionBatch Begin(IReadOnlyList<Transfer> requests);
}
