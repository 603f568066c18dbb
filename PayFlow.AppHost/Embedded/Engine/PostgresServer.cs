using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace PayFlow.AppHost.Embedded;

/// <summary>A PostgreSQL server on loopback, with its cluster where the data folder says and under a user that it accepts.</summary>
internal sealed class PostgresServer(DataFolder data, int port)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    private ServerUser _user = null!;
    private PostgresPlace _place = null!;
    private PostgresPrograms _programs = null!;

    public int Major => _programs.Major;

    /// <summary>SIGINT is its fast shutdown: it ends open sessions. SIGTERM would wait for them.</summary>
    public int StopSignal => _user.PassesInterrupts ? Signals.Interrupt : Signals.Terminate;

    /// <summary>Makes the cluster where there is no whole one, and ends a server that a killed run left on it.</summary>
    public async Task PrepareAsync()
    {
        _user = ServerUser.Find();
        _place = await PostgresPlace.ChooseAsync(data, _user);
        var whole = _place.IsComplete(data.Id);
        _programs = await PostgresPrograms.FindAsync(_place, whole ? await ClusterMajorAsync() : null);
        await EndLeftoverAsync();
        if (whole)
        {
            await _user.TakeOwnershipAsync(_place.Cluster);
            return;
        }

        _place.DeleteCluster();
        Directory.CreateDirectory(_place.Cluster);
        var password = Path.Combine(_place.Root, "password");
        DataFolder.WriteWhole(password, data.Secret("pg-password"), ownerOnly: true);
        await _user.TakeOwnershipAsync(password);
        await _user.TakeOwnershipAsync(_place.Cluster);
        // By code point everywhere: sorting must not depend on the machine's language. C.UTF-8 is glibc's; others have C.
        var locale = OperatingSystem.IsLinux() ? "C.UTF-8" : "C";
        await CommandLine.MustRunAsync(_user.Describe(_programs["initdb"], "-D", _place.Cluster, "-U", "postgres", "-E", "UTF8", $"--locale={locale}", "-A", "scram-sha-256", $"--pwfile={password}"));
        File.Delete(password);
        _place.MarkComplete(data.Id);
    }

    /// <summary>
    /// That glibc keeps what a backend has freed. Otherwise it gives the memory back to the system after each statement that took
    /// more than 128 KB, as one that unnests a few arrays does, and takes it again page by page for the next: measured, that made
    /// such a statement five times as expensive. Other systems pass over these names.
    /// </summary>
    private static readonly (string Name, string Value)[] Memory = [("MALLOC_TRIM_THRESHOLD_", "16777216"), ("MALLOC_MMAP_THRESHOLD_", "4194304"), ("MALLOC_TOP_PAD_", "262144")];

    public ProcessStartInfo Start()
    {
        var start = Describe();
        foreach (var (name, value) in Memory) start.Environment[name] = value;
        return start;
    }

    private ProcessStartInfo Describe() => _user.Describe(
        _programs["postgres"],
        "-D", _place.Cluster, "-p", port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
        "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB", "-c", "jit=off", "-c", "log_min_messages=warning",
        // An error's detail holds values of rows, such as the address that has signed up already; a statement may as well.
        "-c", "log_error_verbosity=terse", "-c", "log_min_error_statement=panic");

    public string ConnectionString(string database, string user) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = database,
        Username = user,
        Password = data.Secret(user == "postgres" ? "pg-password" : user),
    }.ConnectionString;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres", "postgres"));
                await connection.OpenAsync(cancellationToken);
                // Here, once: the databases below are made at the same time, and two revokes on one database would collide.
                await using var close = new NpgsqlCommand("revoke all on database postgres, template1 from public", connection);
                await close.ExecuteNonQueryAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException notYet)
            {
                if (waited.Elapsed > StartPatience) throw new CannotRunException($"PostgreSQL did not start ({notYet.Message}); its own words are above.");
                await Task.Delay(100, cancellationToken);
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
            await ExecuteAsync(admin, $"alter role {role} password '{data.Secret(role)}'", cancellationToken);
        }

        await using (var exists = admin.CreateCommand($"select 1 from pg_database where datname = '{name}'"))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is null) await ExecuteAsync(admin, $"create database {name} owner {name}_owner", cancellationToken);
        }

        await ExecuteAsync(admin, $"revoke all on database {name} from public; grant connect on database {name} to {name}_service", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int?> ClusterMajorAsync()
    {
        var version = Path.Combine(_place.Cluster, "PG_VERSION");
        return File.Exists(version) ? int.Parse((await File.ReadAllTextAsync(version)).Trim(), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The data folder's lock is ours, so a server on this cluster is a leftover; but its pid may be another program's by now.</summary>
    private async Task EndLeftoverAsync()
    {
        var file = Path.Combine(_place.Cluster, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse((await File.ReadAllLinesAsync(file)).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) return;
        if ((await CommandLine.OfProcessAsync(pid))?.Contains(_place.Cluster, StringComparison.Ordinal) is true || OperatingSystem.IsWindows())
        {
            await CommandLine.RunAsync(_user.Describe(_programs["pg_ctl"], "-D", _place.Cluster, "-m", "fast", "-w", "-t", "20", "stop"));
        }
        else
        {
            File.Delete(file);
        }
    }
}
