using System.Globalization;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Payees;
using Polly;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>Asks Accounts what the ledger decided.</summary>
public sealed class LedgerClient(IHttpClientFactory clients)
{
    /// <returns>Ids of the ledger's transactions after one and through another, in their order.</returns>
    /// <exception cref="HttpRequestException">Accounts cannot be asked; see <see cref="IsAway"/>.</exception>
    public Task<List<Guid>> InRangeAsync(
        TenantId tenant,
        Guid after,
        Guid through,
        int limit,
        CancellationToken cancellationToken
    ) =>
        GetAsync<List<Guid>>(
            tenant,
            string.Create(
                CultureInfo.InvariantCulture,
                $"/internal/ledger/transactions?after={after}&through={through}&limit={limit}"
            ),
            cancellationToken
        );

    /// <summary>What was decided after a time, and at that time after an id.</summary>
    public Task<DecidedTransactions> DecidedAsync(
        TenantId tenant,
        DateTimeOffset from,
        Guid after,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellationToken
    ) =>
        GetAsync<DecidedTransactions>(
            tenant,
            string.Create(
                CultureInfo.InvariantCulture,
                $"/internal/ledger/decided?from={Time(from)}&after={after}&until={Time(until)}&limit={limit}"
            ),
            cancellationToken
        );

    /// <returns>Every leg of these transactions that the ledger knows.</returns>
    public async Task<List<LedgerRecord>> FindAsync(TenantId tenant, Guid[] ids, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(AccountDirectory.ClientName);
        using var question = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri("/internal/ledger/records", UriKind.Relative)
        )
        {
            Content = JsonContent.Create(ids),
        };
        using var answer = await client.SendAsync(question.For(tenant), cancellationToken);
        return (
            await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<List<LedgerRecord>>(cancellationToken)
        )!;
    }

    /// <summary>Whether a failure means that Accounts could not be asked now.</summary>
    public static bool IsAway(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or ExecutionRejectedException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string Time(DateTimeOffset time) =>
        Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    private async Task<T> GetAsync<T>(TenantId tenant, string path, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(AccountDirectory.ClientName);
        using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var answer = await client.SendAsync(question.For(tenant), cancellationToken);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }
}
