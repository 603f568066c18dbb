using PayFlow.Accounts.Data;
using PayFlow.Notifications.Data;
using PayFlow.Transactions.Data;

namespace PayFlow.EndToEnd.Tests;

internal static class HostedServices
{
    /// <summary>Makes the service of a name, such as <c>Accounts</c>, and does not start it yet.</summary>
    /// <param name="settings">As environment variables name them.</param>
    /// <param name="log">Takes each message of its log.</param>
    public static IHostedTestService Create(
        string service,
        IReadOnlyList<(string Name, string Value)> settings,
        Action<string>? log = null
    ) =>
        service switch
        {
            "Accounts" => new HostedService<AccountsDbContext>(settings, log),
            "Transactions" => new HostedService<TransactionsDbContext>(settings, log),
            "Notifications" => new HostedService<NotificationsDbContext>(settings, log),
            _ => throw new ArgumentException($"There is no service {service} to host.", nameof(service)),
        };
}
