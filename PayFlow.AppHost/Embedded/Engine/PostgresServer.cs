using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// PostgreSQL from the binaries on this machine, on loopback, with its data in the data folder. It refuses root, so as root it
/// runs under an unprivileged user.
/// </summary>
internal sealed class PostgresServer(string folder, Func<string, string> secret)
{
    private readonly string _cluster = Path.Combine(folder, "postgres");
    private readonly string _bin = FindBinaries();
    private readonly string? _user = Environment.UserName == "root" ? UnprivilegedUser() : null;

    public int Port { get; } = FreePort();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Makes the cluster where there is none, and ends a server that a killed run left on it.</summary>
    public async Task PrepareAsync()
    {
        Directory.CreateDirectory(_cluster);
        if (_user is not null && !OperatingSystem.IsWindows())
        {
            // Only folders that PayFlow made are opened: those above must let the user pass already.
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
            await RunAsync("chown", ["-R", $"{_user}:", _cluster], asUser: false);
            if (await TryRunAsync("test", ["-x", _cluster]) != 0)
            {
                throw new CannotRunException($"PostgreSQL does not run as root, and its user '{_user}' cannot enter {folder}. Name a folder that others can enter: --data /var/tmp/payflow");
            }
        }

        if (!File.Exists(Path.Combine(_cluster, "PG_VERSION")))
        {
            var password = Path.Combine(_cluster, "..", "pg-password");
            await File.WriteAllTextAsync(password, secret("pg-password"));
            if (_user is not null) await RunAsync("chown", [$"{_user}:", password], asUser: false);
            await RunAsync(Path.Combine(_bin, "initdb"), ["-D", _cluster, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", $"--pwfile={password}"]);
            File.Delete(password);
        }
        else if (File.Exists(Path.Combine(_cluster, "postmaster.pid")))
        {
            await TryRunAsync(Path.Combine(_bin, "pg_ctl"), ["-D", _cluster, "-m", "fast", "-w", "-t", "20", "stop"]);
        }
    }

    public ProcessStartInfo Start() => AsUser(Path.Combine(_bin, "postgres"),
    [
        "-D", _cluster, "-p", Port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
        "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB", "-c", "jit=off", "-c", "log_min_messages=warning",
    ]);

    public string ConnectionString(string database, string user) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = user,
        Password = secret(user == "postgres" ? "pg-password" : user),
    }.ConnectionString;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres", "postgres"));
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException notYet) when (tries < 150)
            {
                _ = notYet;
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    /// <summary>The database with its two roles: an owner that migrates and a service role that works with rows.</summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var admin = NpgsqlDataSource.Create(ConnectionString("postgres", "postgres"));
        foreach (var role in new[] { $"{name}_owner", $"{name}_service" })
        {
            await ExecuteAsync(admin, $"do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role} login; end if; end $$", cancellationToken);
            await ExecuteAsync(admin, $"alter role {role} password '{secret(role)}'", cancellationToken);
        }

        await using (var exists = admin.CreateCommand($"select 1 from pg_database where datname = '{name}'"))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is null) await ExecuteAsync(admin, $"create database {name} owner {name}_owner", cancellationToken);
        }

        await ExecuteAsync(admin, $"revoke connect on database {name} from public; grant connect on database {name} to {name}_service", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string FindBinaries()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Versions("/usr/lib/postgresql")).Concat(Versions("/opt/homebrew/opt")).Concat(Versions("/usr/local/opt")).Concat(Versions(@"C:\Program Files\PostgreSQL"));
        var server = OperatingSystem.IsWindows() ? "postgres.exe" : "postgres";
        return folders.FirstOrDefault(path => File.Exists(Path.Combine(path, server)) && File.Exists(Path.Combine(path, server.Replace("postgres", "initdb", StringComparison.Ordinal))))
            ?? throw new CannotRunException(
                "PayFlow keeps its accounts in PostgreSQL 15 or newer, and there is none here. Install it (Debian and Ubuntu: apt install postgresql; macOS: brew install postgresql; Windows: the installer of postgresql.org) and start again.");
    }

    private static IEnumerable<string> Versions(string root) => Directory.Exists(root)
        ? Directory.GetDirectories(root).OrderByDescending(path => path, StringComparer.Ordinal).Select(path => Path.Combine(path, "bin"))
        : [];

    private static string UnprivilegedUser() => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private ProcessStartInfo AsUser(string program, string[] arguments)
    {
        var info = _user is null
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("setpriv", [$"--reuid={_user}", $"--regid={_user}", "--init-groups", "--", program, .. arguments]);
        info.WorkingDirectory = "/";
        info.UseShellExecute = false;
        return info;
    }

    private async Task RunAsync(string program, string[] arguments, bool asUser = true)
    {
        if (await TryRunAsync(program, arguments, asUser, show: true) is not 0 and var code) throw new CannotRunException($"{program} failed with code {code}; its own words are above.");
    }

    private async Task<int> TryRunAsync(string program, string[] arguments, bool asUser = true, bool show = false)
    {
        var info = asUser ? AsUser(program, arguments) : new ProcessStartInfo(program, arguments);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (show && process.ExitCode != 0) await Console.Error.WriteLineAsync(error);
        return process.ExitCode;
    }
}

/// <summary>Passwords and tokens that the run made for itself, kept with its data and readable by its owner only.</summary>
internal sealed class Secrets(string folder)
{
    public string Get(string name)
    {
        var file = Path.Combine(folder, $"{name}.secret");
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true)));
        }

        return File.ReadAllText(file);
    }
}
