namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>One text that a party of a transaction gets at its end.</summary>
/// <param name="Template">The name of a text of Notifications, such as <c>money_received</c>.</param>
/// <param name="ToPayee">Whether the payee gets it; otherwise the payer does.</param>
public sealed record Notice(string Template, bool ToPayee);
