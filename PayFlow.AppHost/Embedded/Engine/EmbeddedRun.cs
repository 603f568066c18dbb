using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Starts the app model's resources as processes, each once what it waits for is healthy, and stops them all at the
/// end.
/// </summary>
internal sealed class EmbeddedRun
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(8);

    private readonly Dictionary<Resource, Child> _children = [];
    private readonly Dictionary<IResource, Task> _ready = [];
    private readonly IReadOnlyList<Resource> _resources;
    private readonly RunOptions _options;
    private readonly DataFolder _data;
    private readonly RunFile _runFile;
    private readonly Guard _guard;
    private readonly MessageBroker _broker;
    private readonly Dictionary<Resource, int> _ports;
    private readonly PostgresServer? _postgres;
    private readonly Prometheus? _prometheus;
    private readonly AspireDashboard? _dashboard;
    private volatile bool _isReady;

    private EmbeddedRun(
        IReadOnlyList<Resource> resources,
        RunOptions options,
        DataFolder data,
        RunFile runFile,
        Guard guard
    )
    {
        _resources = resources;
        _options = options;
        _data = data;
        _runFile = runFile;
        _guard = guard;
        var book = new PortBook(data);
        // All ports are known before anything starts, so a reference alone, without a wait, has its address.
        _ports = resources
            .Where(resource => resource is PostgresServerResource or KafkaServerResource)
            .ToDictionary(resource => resource, resource => book.Of(resource.Name));
        if (resources.OfType<PostgresServerResource>().SingleOrDefault() is { } server)
            _postgres = new PostgresServer(data, _ports[server]);
        _broker = MessageBroker.FromEnvironment(data);
        if (options.Prometheus)
            _prometheus = Prometheus.Find(data, WalletPort("--prometheus"));
        if (options.Dashboard)
            _dashboard = AspireDashboard.For(data, book, WalletPort("--dashboard"));
    }

    private ProjectResource? Wallet =>
        _resources.OfType<ProjectResource>().FirstOrDefault(project => project.IsExternal);

    /// <summary>Whether the broker is the development one; Apache Kafka is run where KAFKA_HOME names it.</summary>
    public bool InMemoryBroker => _broker is InMemoryBroker;

    /// <summary>
    /// Runs until it is cancelled, told to stop by a signal, or left alone by the <c>dotnet run</c> that started it.
    /// </summary>
    /// <exception cref="CannotRunException">
    /// Something is missing or in the way; the message says what to do.
    /// </exception>
    public static async Task RunAsync(
        IReadOnlyList<Resource> resources,
        RunOptions options,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var signals = new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal =>
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        context.Cancel = true;
                        stop.Cancel();
                    }
                )
            )
            .ToList();
        try
        {
            using var data = DataFolder.Open(options.Data, options.Reset);
            using var guard = new Guard();
            using var runFile = new RunFile(data);
            var watch = DotnetRun.WatchAsync(stop);
            await new EmbeddedRun(resources, options, data, runFile, guard).RunAsync(stop);
            await watch;
        }
        catch (Exception fault) when (CannotRunException.IsOfMachine(fault))
        {
            throw CannotRunException.Because(fault, options.Data);
        }
        finally
        {
            signals.ForEach(signal => signal.Dispose());
        }
    }

    /// <param name="user">The project that is given it.</param>
    public string? ConnectionString(IResource resource, string name, string user) =>
        resource switch
        {
            KafkaServerResource kafka => _broker.ConnectionString(_ports[kafka], user),
            PostgresServerResource => _postgres?.ConnectionString("postgres", "postgres"),
            PostgresDatabaseResource database => _postgres?.ConnectionString(
                database.Name,
                name.EndsWith("-owner", StringComparison.Ordinal)
                    ? $"{database.Name}_owner"
                    : $"{database.Name}_service"
            ),
            _ => null,
        };

    public string Secret(string name) => _data.Secret(name);

    private async Task RunAsync(CancellationTokenSource stop)
    {
        try
        {
            foreach (var project in _resources.OfType<ProjectResource>())
            {
                if (project.Port is { } port && !PortBook.IsFree(port))
                    throw new CannotRunException(
                        $"Port {port}, which {project.Name} needs, is in use. Choose another range: --port-base N"
                    );
            }

            if (_dashboard is not null)
                await _dashboard.LocateAsync();
            var dashboard = StartDashboardAsync(stop.Token);
            await StartAllAsync(stop.Token);
            await StartPrometheusAsync(stop.Token);
            await dashboard;
            _isReady = true;
            WriteRunFile();
            SayReady();
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // A start that is interrupted fails in many ways; the person asked for the end, not for the reasons.
            Child.Print("payflow", 32, "stopping");
        }
        finally
        {
            await stop.CancelAsync();
            _isReady = false;
            await StopAllAsync();
        }
    }

    private async Task StartAllAsync(CancellationToken stop)
    {
        // Every resource has its entry before one looks another up.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var resource in _resources)
            _ready[resource] = StartAsync(resource, begin.Task, stop);
        begin.SetResult();
        // The first failure ends the start: the others may be waiting for that very resource.
        await foreach (var started in Task.WhenEach(_ready.Values).WithCancellation(stop))
            await started;
    }

    private async Task StartAsync(Resource resource, Task begin, CancellationToken stop)
    {
        await begin;
        foreach (var dependency in resource.WaitsFor)
            await _ready[dependency].WaitAsync(stop);
        switch (resource)
        {
            case PostgresServerResource:
                await _postgres!.PrepareAsync();
                await StartAsync(resource, PostgresPlan(resource.Name), stop);
                break;
            case PostgresDatabaseResource database:
                await _ready[database.Parent].WaitAsync(stop);
                await _postgres!.CreateDatabaseAsync(database.Name, stop);
                break;
            case KafkaServerResource:
                await _broker.PrepareAsync(_ports[resource]);
                await StartAsync(resource, BrokerPlan(resource.Name, _ports[resource]), stop);
                break;
            case ProjectResource project:
                await StartAsync(project, ServicePlan(project), stop);
                break;
        }
    }

    private ChildPlan BrokerPlan(string name, int port) =>
        new(
            name,
            35,
            () => _broker.Describe(port),
            Signals.Terminate,
            async (child, ended) =>
            {
                await HealthGate.WaitForPortAsync(child, port, _options.HealthTimeout, ended);
                await _broker.OpenAsync(port).WaitAsync(ended);
            },
            _broker.Advice
        );

    private ChildPlan ServicePlan(ProjectResource project)
    {
        var address = project.HealthPath is { } path ? new Uri(ResourceBuilderExtensions.Url(project) + path) : null;
        return new ChildPlan(
            project.Name,
            36,
            () => Describe(project),
            Signals.Terminate,
            (child, ended) =>
                address is null
                    ? Task.CompletedTask
                    : HealthGate.WaitAsync(child, address, _options.HealthTimeout, ended)
        );
    }

    private ChildPlan PostgresPlan(string name) =>
        new(
            name,
            34,
            _postgres!.Start,
            _postgres!.StopSignal,
            (child, ended) =>
                HealthGate.WaitAsync(
                    child,
                    _options.HealthTimeout,
                    async () =>
                    {
                        await _postgres!.OpenAsync(ended);
                        return null;
                    },
                    ended
                ),
            _postgres.Advice
        );

    private async Task StartPrometheusAsync(CancellationToken stop)
    {
        if (_prometheus is null)
            return;
        var ready = new Uri(_prometheus.Url + "/-/ready");
        var plan = new ChildPlan(
            _prometheus.Resource.Name,
            33,
            () => _prometheus.Describe(_resources.OfType<ProjectResource>()),
            Signals.Terminate,
            (child, ended) => HealthGate.WaitAsync(child, ready, _options.HealthTimeout, ended)
        );
        await StartAsync(_prometheus.Resource, plan, stop);
    }

    /// <summary>Its services send it their telemetry from the first moment and do not wait for it.</summary>
    private Task StartDashboardAsync(CancellationToken stop)
    {
        if (_dashboard is null)
            return Task.CompletedTask;
        var health = new Uri(_dashboard.Url + "/health");
        var plan = new ChildPlan(
            _dashboard.Resource.Name,
            33,
            _dashboard.Describe,
            Signals.Terminate,
            (child, ended) => HealthGate.WaitAsync(child, health, _options.HealthTimeout, ended)
        );
        return StartAsync(_dashboard.Resource, plan, stop);
    }

    private int WalletPort(string option) =>
        Wallet?.Port
        ?? throw new CannotRunException($"{option} has its port from the wallet's, and there is no wallet here.");

    /// <summary>Returns once it can be used.</summary>
    private Task StartAsync(Resource resource, ChildPlan plan, CancellationToken stop)
    {
        var child = new Child(plan, _guard, new ChildLog(_data.Logs, plan.Name), WriteRunFile);
        lock (_children)
            _children.Add(resource, child);
        child.Start();
        return child.Healthy.WaitAsync(stop);
    }

    /// <summary>
    /// As Aspire starts a project: its address, its telemetry's identity, and what the model gives it.
    /// </summary>
    private ProcessStartInfo Describe(ProjectResource project)
    {
        // A project's output has the same place below it as ours has below our project: configuration and framework are
        // the same.
        var output = Path.Combine(
            Path.GetDirectoryName(project.ProjectPath)!,
            Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "../../../.."), AppContext.BaseDirectory)
        );
        var assembly = Path.Combine(output, Path.GetFileNameWithoutExtension(project.ProjectPath) + ".dll");
        var info = new ProcessStartInfo(Subcommands.Dotnet, [assembly])
        {
            WorkingDirectory = Path.GetDirectoryName(project.ProjectPath)!,
        };
        // Without a port of its own a service must not take the one that our launch profile names.
        info.Environment["ASPNETCORE_URLS"] = project.Port is null
            ? "http://localhost:0"
            : ResourceBuilderExtensions.Url(project);
        info.Environment["OTEL_SERVICE_NAME"] = project.Name;
        info.Environment["OTEL_RESOURCE_ATTRIBUTES"] =
            $"service.instance.id={RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        _dashboard?.AddTo(info.Environment);
        info.Environment["DOTNET_gcServer"] = "0";
        // 64 MB: fewer collections of short-lived messages, measured +4 to 7 % throughput.
        info.Environment["DOTNET_GCgen0size"] = "4000000";
        foreach (var (name, setting) in project.Environment)
        {
            if (setting.Value(this) is { } text)
                info.Environment[name] = text;
        }

        return info;
    }

    private void WriteRunFile()
    {
        if (!_isReady)
            return;
        lock (_children)
        {
            _runFile.Write(
                _children.Select(child =>
                    (
                        child.Key.Name,
                        child.Value.ProcessId,
                        child.Key is ProjectResource { Port: not null } project ? ResourceBuilderExtensions.Url(project)
                        : child.Key == _prometheus?.Resource ? _prometheus.Url
                        : child.Key == _dashboard?.Resource ? _dashboard.Url
                        : _ports.TryGetValue(child.Key, out var port) ? MessageBroker.Address(port)
                        : null
                    )
                )
            );
        }
    }

    private void SayReady()
    {
        if (_ports.Keys.OfType<KafkaServerResource>().SingleOrDefault() is { } kafka)
            Child.Print("payflow", 32, $"Messaging: {_broker.Title} on {MessageBroker.Address(_ports[kafka])}");
        if (_ports.Keys.OfType<PostgresServerResource>().SingleOrDefault() is { } server)
            Child.Print(
                "payflow",
                32,
                $"Data: PostgreSQL {_postgres!.Major} on {MessageBroker.Address(_ports[server])}, kept in {_data.Path}"
            );
        if (_prometheus is not null)
            Child.Print("payflow", 32, $"Metrics: Prometheus on {_prometheus.Url}");
        var address = Wallet is null ? "" : $": {ResourceBuilderExtensions.Url(Wallet)}";
        Child.Print(
            "payflow",
            32,
            $"PayFlow is ready{address}{(_dashboard is null ? "" : $", its dashboard: {_dashboard.Link}")}"
        );
    }

    /// <summary>
    /// Services first: they still need the broker, the database and the dashboard to finish what they do. The database
    /// outlives all.
    /// </summary>
    private async Task StopAllAsync()
    {
        List<KeyValuePair<Resource, Child>> children;
        lock (_children)
            children = [.. _children];
        foreach (
            var rank in children
                .GroupBy(child =>
                    child.Key switch
                    {
                        PostgresServerResource => 2,
                        ProjectResource => 0,
                        _ => 1,
                    }
                )
                .OrderBy(rank => rank.Key)
        )
        {
            await Task.WhenAll(rank.Select(child => child.Value.StopAsync(StopTimeout)));
        }

        foreach (var (_, child) in children)
            child.Dispose();
    }
}
