using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Access;
using PayFlow.Web.Browsers;

namespace PayFlow.Web.Circuits;

/// <summary>
/// Stands before the hub of the circuits. It bounds the connections of a session and of a user, each of which holds a
/// circuit: one beyond the bound is closed at once. Our own page stays below it:
/// <see cref="OpenWallets"/> closes its oldest tab before. And it tells a circuit that begins, or is connected again,
/// which browser it is for.
/// </summary>
public sealed class CircuitConnections(IOptions<OpenWalletOptions> options) : IHubFilter
{
    private static readonly object Counted = new();

    /// <summary>
    /// Where the framework tells a circuit that its connection is up; for one that begins it waits for its components.
    /// </summary>
    private static readonly string[] Connects =
    [
        "StartCircuit",
        "UpdateRootComponents",
        "ConnectCircuit",
        "ResumeCircuit",
    ];

    private static readonly AsyncLocal<ClientInfo?> Connecting = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>The browser behind the connection that a circuit is just being given; null elsewhere.</summary>
    public static ClientInfo? Browser => Connecting.Value;

    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var connects = Array.IndexOf(Connects, invocationContext.HubMethodName) >= 0;
        if (connects && invocationContext.Context.GetHttpContext() is { } http)
            Connecting.Value = ClientInfo.Of(http);
        return next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        if (TryCount(context.Context.User))
        {
            context.Context.Items[Counted] = Counted;
            return next(context);
        }

        context.Context.Abort();
        return Task.CompletedTask;
    }

    public Task OnDisconnectedAsync(
        HubLifetimeContext context,
        Exception? exception,
        Func<HubLifetimeContext, Exception?, Task> next
    )
    {
        if (context.Context.Items.Remove(Counted))
        {
            lock (_gate)
            {
                foreach (var (key, _) in Bounds(context.Context.User))
                {
                    if (--_open[key] == 0)
                        _open.Remove(key);
                }
            }
        }

        return next(context, exception);
    }

    private bool TryCount(ClaimsPrincipal? user)
    {
        lock (_gate)
        {
            if (Bounds(user).Any(bound => _open.GetValueOrDefault(bound.Key) >= bound.Max))
                return false;
            foreach (var (key, _) in Bounds(user))
                _open[key] = _open.GetValueOrDefault(key) + 1;
            return true;
        }
    }

    private IEnumerable<(string Key, int Max)> Bounds(ClaimsPrincipal? user) =>
        [
            ("session " + user?.FindFirst(AccessClaims.Session)?.Value, options.Value.MaxPerSession),
            ("user " + user?.FindFirst(AccessClaims.User)?.Value, options.Value.MaxPerUser),
        ];
}
