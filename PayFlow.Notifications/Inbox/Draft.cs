using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Notifications.Inbox;

/// <summary>A notification before it is stored: whom it is for and what it says.</summary>
/// <param name="IsQuiet">Of what the recipient has seen happen: it is stored as read.</param>
public sealed record Draft(
    PartyId Recipient,
    AccountId? Account,
    TransactionId? Transaction,
    string Kind,
    string Title,
    string Body,
    bool IsQuiet = false
);
