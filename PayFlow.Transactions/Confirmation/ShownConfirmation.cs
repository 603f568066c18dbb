namespace PayFlow.Transactions.Confirmation;

/// <summary>
/// What came with a payment to confirm it: nothing, something worthless, or a confirmation of this very payment.
/// </summary>
/// <param name="Id">Null where it is worthless.</param>
public readonly record struct ShownConfirmation(bool IsShown, Guid? Id)
{
    public static readonly ShownConfirmation None;
    public static readonly ShownConfirmation Invalid = new(true, null);

    public static ShownConfirmation Of(Guid id) => new(true, id);
}
