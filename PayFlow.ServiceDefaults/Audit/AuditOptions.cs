namespace PayFlow.ServiceDefaults.Audit;

/// <param name="Service">The service's name, which tells its lanes from the others'.</param>
public sealed record AuditOptions(string Service);
