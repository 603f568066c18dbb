namespace PayFlow.EndToEnd.Tests;

/// <summary>Accounts alone, as the authority that other services ask would be in a deployment of its own.</summary>
internal sealed class AccountsAlone(RunningPayFlow payflow) : ServiceAlone(payflow, "Accounts");
