using System.Collections;
using System.Text.Json;

// A service for the graph tests. It writes down what it was started with and whether its neighbour was healthy then,
// and is healthy itself once its gate, a file, is there.
var environment = Environment
    .GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value, StringComparer.Ordinal);
if (environment.TryGetValue("services__first__http__0", out var neighbour))
{
    using var http = new HttpClient();
    using var answer = await http.GetAsync(new Uri(neighbour + "/health"));
    environment["NEIGHBOUR_ANSWERED"] = $"{(int)answer.StatusCode}";
}

environment["PID"] = $"{Environment.ProcessId}";
if (environment.GetValueOrDefault("PROBE_FAULT") is { } fault)
    throw new InvalidOperationException(fault);

var file = environment["PROBE_FILE"]!;
await File.WriteAllTextAsync(file + ".new", JsonSerializer.Serialize(environment));
File.Move(file + ".new", file, overwrite: true);

var app = WebApplication.CreateSlimBuilder(args).Build();
app.MapGet(
    "/health",
    () =>
        environment.GetValueOrDefault("PROBE_GATE") is not { } gate || File.Exists(gate)
            ? Results.Ok()
            : Results.StatusCode(503)
);
await app.RunAsync();
