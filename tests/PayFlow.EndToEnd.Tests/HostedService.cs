using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// A service in the tests' own process, on a port of its own. A process of its own would compile the same code again,
/// which takes most of the time of a start.
/// </summary>
/// <typeparam name="TPart">Any public class of the service's assembly.</typeparam>
/// <param name="settings">As environment variables name them.</param>
/// <param name="log">Takes each message of its log, with its exception.</param>
internal sealed class HostedService<TPart>(IReadOnlyList<(string Name, string Value)> settings, Action<string>? log)
    : WebApplicationFactory<TPart>,
        IHostedTestService
    where TPart : class
{
    private const string EnvironmentVariable = "ASPNETCORE_ENVIRONMENT";

    public bool IsStopping =>
        Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public Uri Start(int port = 0)
    {
        UseKestrel(port);
        StartServer();
        return ClientOptions.BaseAddress;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (name, value) in settings)
        {
            if (name == EnvironmentVariable)
                builder.UseEnvironment(value);
            else
                builder.UseSetting(name.Replace("__", ":", StringComparison.Ordinal), value);
        }

        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            if (log is not null)
                logging.AddProvider(new LogLines(log));
        });
    }

    private sealed class LogLines(Action<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
