using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Transactions.Limits;

/// <summary>
/// A payer and a currency. It covers all of a party's accounts together, so that closing one and opening another
/// restores nothing.
/// </summary>
public readonly record struct LimitSubjectKey(TenantId Tenant, Guid Party, string Currency)
{
    /// <summary>The order in which rows are locked.</summary>
    public static readonly IComparer<LimitSubjectKey> Order = Comparer<LimitSubjectKey>.Create(
        (one, other) =>
            one.Party.CompareTo(other.Party) is var byParty and not 0 ? byParty
            : string.CompareOrdinal(one.Currency, other.Currency) is var byCurrency and not 0 ? byCurrency
            : one.Tenant.Value.CompareTo(other.Tenant.Value)
    );
}
