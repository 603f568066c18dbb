using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The audit logs of the running services, by their API and in their tables.</summary>
internal sealed class AuditLog(RunningPayFlow payflow, Wallet wallet)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string Time(DateTimeOffset time) =>
        Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    public static async Task<T> ScalarAsync<T>(string connection, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    public Task<JsonElement> VerifyAsync(string service) => wallet.GetAsync($"{service}/audit/verify");

    /// <summary>Each lane's last row, but for those written since the test last looked.</summary>
    public Task<string> LanesAsync(string service) =>
        ScalarAsync<string>(
            payflow.Database(service + "db"),
            """
            select coalesce(string_agg(lane || '/' || last, ',' order by lane), '')
            from (select lane, max(sequence) as last from audit_log group by lane) lanes
            """
        );

    public Task<string> KeptAsync(string service) =>
        ScalarAsync<string>(
            payflow.Database("notificationsdb"),
            $"""
            select coalesce(string_agg(lane || '/' || sequence, ',' order by lane), '') from audit_heads
            where service = '{service}'
            """
        );

    public Task AllAreUpAsync() =>
        Wallet.EventuallyAsync(async () =>
        {
            await payflow.AssertIsUpAsync();
        });
}
