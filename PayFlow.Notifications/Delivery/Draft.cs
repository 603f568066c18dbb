using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Notifications.Delivery;

/// <summary>A notification before it is written in the recipient's language.</summary>
/// <param name="Kind">A stable word for what it is about. Clients and preferences use it.</param>
/// <param name="Template">The name of its text.</param>
/// <param name="IsQuiet">The recipient has seen it happen, so it is stored as read.</param>
public sealed record Draft(
    PartyId Recipient,
    AccountId? Account,
    TransactionId? Transaction,
    string Kind,
    string Template,
    TextValues Values,
    bool IsQuiet = false
);
