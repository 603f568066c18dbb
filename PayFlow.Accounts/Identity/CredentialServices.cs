using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;

namespace PayFlow.Accounts.Identity;

/// <summary>The services of an operation that changes a credential: it reauthenticates and alerts the owner.</summary>
public sealed record CredentialServices(
    HttpContext Http,
    Reauthentication Reauthentication,
    SecurityAlerts Alerts,
    UnitsOfWork Units,
    AccountsDbContext Db,
    AuditActor Actor
);
