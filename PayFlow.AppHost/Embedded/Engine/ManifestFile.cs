using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Aspire's manifest of the app model, as Aspire 13.5.2 writes it: what each container is told comes from its
/// <c>PostgresBuilderExtensions</c> and <c>KafkaBuilderExtensions</c>. A test holds it against the one that Aspire
/// wrote, manifest.json.
/// </summary>
internal static class ManifestFile
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Writes the whole manifest or leaves the old one: an interrupted run must not leave half of it.
    /// </summary>
    public static void Write(IReadOnlyList<Resource> resources, string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        var manifest = new JsonObject
        {
            ["resources"] = new JsonObject(
                resources.Select(resource =>
                    KeyValuePair.Create<string, JsonNode?>(resource.Name, Describe(resource, folder))
                )
            ),
        };
        DataFolder.WriteWhole(file, manifest.ToJsonString(Format));
    }

    private static JsonObject Describe(Resource resource, string folder) =>
        resource switch
        {
            ParameterResource => new()
            {
                ["type"] = "parameter.v0",
                ["value"] = $"{{{resource.Name}.inputs.value}}",
                ["inputs"] = new JsonObject
                {
                    ["value"] = new JsonObject { ["type"] = "string", ["secret"] = true },
                },
            },
            PostgresDatabaseResource database => new()
            {
                ["type"] = "value.v0",
                ["connectionString"] = $"{{{database.Parent.Name}.connectionString}};Database={database.Name}",
            },
            PostgresServerResource server => Postgres(server),
            KafkaServerResource server => Kafka(server),
            ProjectResource project => Project(project, folder),
            _ => throw new NotSupportedException($"{resource.Name} has no place in a manifest."),
        };

    private static JsonObject Postgres(PostgresServerResource server) =>
        Container(
            server,
            $"Host={{{server.Name}.bindings.tcp.host}};Port={{{server.Name}.bindings.tcp.port}};"
                + $"Username=postgres;Password={{{server.Password!.Name}.value}}",
            "docker.io/library/postgres",
            "/var/lib/postgresql",
            new()
            {
                ["POSTGRES_HOST_AUTH_METHOD"] = "scram-sha-256",
                ["POSTGRES_INITDB_ARGS"] = "--auth-host=scram-sha-256 --auth-local=scram-sha-256",
                ["POSTGRES_USER"] = "postgres",
                ["POSTGRES_PASSWORD"] = $"{{{server.Password.Name}.value}}",
            },
            new() { ["tcp"] = Tcp(5432) }
        );

    private static JsonObject Kafka(KafkaServerResource server)
    {
        string Of(string expression) => $"{{{server.Name}.bindings.{expression}}}";
        var environment = new JsonObject
        {
            ["KAFKA_LISTENERS"] =
                "PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,"
                + "PLAINTEXT_HOST://0.0.0.0:9092,PLAINTEXT_INTERNAL://0.0.0.0:9093",
            ["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] =
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT,PLAINTEXT_INTERNAL:PLAINTEXT",
            ["KAFKA_ADVERTISED_LISTENERS"] =
                $"PLAINTEXT://{Of("tcp.host")}:29092,PLAINTEXT_HOST://{Of("tcp.host")}:{Of("tcp.port")},"
                + $"PLAINTEXT_INTERNAL://{Of("internal.host")}:{Of("internal.port")}",
        };
        AddTo(environment, server);
        environment["KAFKA_LOG_DIRS"] = "/var/lib/kafka/data";
        return Container(
            server,
            $"{Of("tcp.host")}:{Of("tcp.port")}",
            "docker.io/confluentinc/confluent-local",
            "/var/lib/kafka/data",
            environment,
            new() { ["tcp"] = Tcp(9092), ["internal"] = Tcp(9093) }
        );
    }

    private static JsonObject Container(
        ContainerResource container,
        string connectionString,
        string image,
        string data,
        JsonObject environment,
        JsonObject bindings
    )
    {
        var description = new JsonObject
        {
            ["type"] = "container.v0",
            ["connectionString"] = connectionString,
            ["image"] = $"{image}:{container.ImageTag}",
        };
        if (container.Args.Count > 0)
            description["args"] = new JsonArray([.. container.Args.Select(argument => JsonValue.Create(argument))]);
        if (container.Volume is { } volume)
            description["volumes"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = volume,
                    ["target"] = data,
                    ["readOnly"] = false,
                }
            );
        description["env"] = environment;
        description["bindings"] = bindings;
        return description;
    }

    private static JsonObject Project(ProjectResource project, string folder)
    {
        var environment = new JsonObject
        {
            ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
            ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
            ["HTTP_PORTS"] = $"{{{project.Name}.bindings.http.targetPort}}",
        };
        AddTo(environment, project);
        var binding = new JsonObject
        {
            ["scheme"] = "http",
            ["protocol"] = "tcp",
            ["transport"] = "http",
        };
        if (project.Port is { } port)
            binding["port"] = port;
        if (project.IsExternal)
            binding["external"] = true;
        return new JsonObject
        {
            ["type"] = "project.v0",
            ["path"] = Path.GetRelativePath(folder, project.ProjectPath).Replace('\\', '/'),
            ["env"] = environment,
            ["bindings"] = new JsonObject { ["http"] = binding },
        };
    }

    private static void AddTo(JsonObject environment, Resource resource)
    {
        foreach (var (name, setting) in resource.Environment)
        {
            if (setting.Published is { } published)
                environment[name] = published;
        }
    }

    private static JsonObject Tcp(int port) =>
        new()
        {
            ["scheme"] = "tcp",
            ["protocol"] = "tcp",
            ["transport"] = "tcp",
            ["targetPort"] = port,
        };
}
