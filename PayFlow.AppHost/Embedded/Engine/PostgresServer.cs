using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// A PostgreSQL server on loopback, with its cluster where the data folder says and under a user that it accepts.
/// </summary>
internal sealed class PostgresServer(DataFolder data, int port)
{
    /// <summary>The secret that is the password of the server's own administrator.</summary>
    public const string PasswordName = "pg-password";

    private ServerUser _user = null!;
    private PostgresPlace _place = null!;
    private PostgresPrograms _programs = null!;
    private bool _isClosed;

    public int Major => _programs.Major;

    /// <summary>SIGINT is its fast shutdown: it ends open sessions. SIGTERM would wait for them.</summary>
    public int StopSignal => _user.PassesInterrupts ? Signals.Interrupt : Signals.Terminate;

    /// <summary>What to do where it ends again and again.</summary>
    public string Advice =>
        $"Mend that and start again; if the data in {_place.Cluster} is damaged, put it back from a copy, or start "
        + "over with --reset.";

    /// <summary>Makes the cluster where there is none, and ends a server that a killed run left on it.</summary>
    /// <exception cref="CannotRunException">The cluster is damaged, or cannot be made.</exception>
    public async Task PrepareAsync()
    {
        _user = ServerUser.Find();
        _place = await PostgresPlace.ChooseAsync(data, _user);
        _place.DeleteUnfinished();
        var major = _place.Major();
        if (major is null && data.HasDatabase)
            throw new CannotRunException(
                $"{_place.Cluster}, the database of {data.Path}, is missing. Put it back from a copy, or start over "
                    + "with --reset."
            );
        _programs = await PostgresPrograms.FindAsync(_place, major);
        if (major is null)
        {
            await MakeClusterAsync();
            return;
        }

        await EndLeftoverAsync();
        await _user.TakeOwnershipAsync(_place.Cluster);
    }

    /// <summary>
    /// That glibc keeps what a backend has freed. Otherwise it gives the memory back to the system after each statement
    /// that took more than 128 KB, as one that unnests a few arrays does, and takes it again page by page for the next:
    /// measured, that made such a statement five times as expensive. Other systems pass over these names.
    /// </summary>
    private static readonly (string Name, string Value)[] Memory =
    [
        ("MALLOC_TRIM_THRESHOLD_", "16777216"),
        ("MALLOC_MMAP_THRESHOLD_", "4194304"),
        ("MALLOC_TOP_PAD_", "262144"),
    ];

    public ProcessStartInfo Start()
    {
        var start = Describe();
        foreach (var (name, value) in Memory)
            start.Environment[name] = value;
        return start;
    }

    private ProcessStartInfo Describe() =>
        _user.Describe(
            _programs["postgres"],
            "-D",
            _place.Cluster,
            "-p",
            port.ToString(CultureInfo.InvariantCulture),
            "-h",
            "127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=200",
            "-c",
            "shared_buffers=256MB",
            "-c",
            "max_wal_size=2GB",
            "-c",
            "jit=off",
            "-c",
            "log_min_messages=warning",
            // An error's detail holds values of rows, such as the address that has signed up already; a statement may
            // as well.
            "-c",
            "log_error_verbosity=terse",
            "-c",
            "log_min_error_statement=panic"
        );

    public string ConnectionString(string database, string user) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Database = database,
            Username = user,
            Password = data.Secret(user == "postgres" ? PasswordName : user),
        }.ConnectionString;

    /// <summary>Tries to use the server, once.</summary>
    /// <exception cref="NpgsqlException">It does not answer yet.</exception>
    /// <exception cref="CannotRunException">The cluster is not this data folder's.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A pool would give the connection of a server that has ended.
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(ConnectionString("postgres", "postgres"))
                {
                    Pooling = false,
                }.ConnectionString
            );
            await connection.OpenAsync(cancellationToken);
            if (_isClosed)
                return;
            // Here, once: the databases below are made at the same time, and two revokes on one database would collide.
            await using var close = new NpgsqlCommand(
                "revoke all on database postgres, template1 from public",
                connection
            );
            await close.ExecuteNonQueryAsync(cancellationToken);
            _isClosed = true;
        }
        catch (PostgresException refused)
            when (refused.SqlState
                    is PostgresErrorCodes.InvalidPassword
                        or PostgresErrorCodes.InvalidAuthorizationSpecification
            )
        {
            throw new CannotRunException(
                $"The database in {_place.Cluster} does not accept the password in "
                    + $"{Path.Combine(data.In("secrets"), PasswordName)}: one of the two belongs to another data "
                    + "folder. Put the right one back, or start over with --reset."
            );
        }
        catch (PostgresException refused) when (!MayPass(refused.SqlState))
        {
            throw new CannotRunException(
                $"PostgreSQL runs, and its data cannot be used: {LastWords.Sentence(refused.MessageText)} {Advice}"
            );
        }

        data.NoteDatabase();
        // It took this folder's password, so it is this folder's.
        if (_place.IsComplete(data.Id))
            return;
        _place.MarkComplete(data.Id);
        Child.Print(
            "payflow",
            32,
            $"{_place.Complete} was missing or damaged and is written again: the database accepts "
                + "this folder's password"
        );
    }

    /// <summary>Classes 57, such as starting up, and 53, such as a full disk: another try may succeed.</summary>
    private static bool MayPass(string state) =>
        state.StartsWith("57", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal);

    /// <summary>
    /// The database with its two roles: an owner that migrates and a service role that works with rows.
    /// </summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var admin = NpgsqlDataSource.Create(ConnectionString("postgres", "postgres"));
        foreach (var role in new[] { $"{name}_owner", $"{name}_service" })
        {
            await ExecuteAsync(
                admin,
                $"""
                do $$ begin
                  if not exists (select from pg_roles where rolname = '{role}') then create role {role} login; end if;
                end $$
                """,
                cancellationToken
            );
            await ExecuteAsync(admin, $"alter role {role} password '{data.Secret(role)}'", cancellationToken);
        }

        await using (var exists = admin.CreateCommand($"select 1 from pg_database where datname = '{name}'"))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is null)
                await ExecuteAsync(admin, $"create database {name} owner {name}_owner", cancellationToken);
        }

        await ExecuteAsync(
            admin,
            $"revoke all on database {name} from public; grant connect on database {name} to {name}_service",
            cancellationToken
        );
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>In a folder beside its place: only a whole cluster is ever there.</summary>
    private async Task MakeClusterAsync()
    {
        Child.Print("postgres", 34, $"makes a new database in {_place.Cluster}");
        Directory.CreateDirectory(_place.Unfinished);
        var password = Path.Combine(_place.Root, "password");
        DataFolder.WriteWhole(password, data.Secret(PasswordName), ownerOnly: true);
        try
        {
            await _user.TakeOwnershipAsync(password);
            await _user.TakeOwnershipAsync(_place.Unfinished);
            // By code point everywhere: sorting must not depend on the machine's language. C.UTF-8 is glibc's; others
            // have C.
            var locale = OperatingSystem.IsLinux() ? "C.UTF-8" : "C";
            var (code, output, error) = await CommandLine.RunAsync(
                _user.Describe(
                    _programs["initdb"],
                    "-D",
                    _place.Unfinished,
                    "-U",
                    "postgres",
                    "-E",
                    "UTF8",
                    $"--locale={locale}",
                    "-A",
                    "scram-sha-256",
                    $"--pwfile={password}"
                )
            );
            if (code != 0)
                throw new CannotRunException(
                    $"PostgreSQL cannot make its data in {_place.Root}: "
                        + $"{LastWords.Reason($"{output}\n{error}".Split('\n'))}. Mend that and start again, or name "
                        + "another folder with --data DIR."
                );
        }
        finally
        {
            File.Delete(password);
        }

        if (Directory.Exists(_place.Cluster))
            Directory.Delete(_place.Cluster);
        Directory.Move(_place.Unfinished, _place.Cluster);
        _place.MarkComplete(data.Id);
    }

    /// <summary>
    /// The data folder's lock is ours, so a server on this cluster is a leftover; but its pid may be another program's
    /// by now.
    /// </summary>
    private async Task EndLeftoverAsync()
    {
        var file = Path.Combine(_place.Cluster, "postmaster.pid");
        if (
            !File.Exists(file)
            || !int.TryParse(
                (await File.ReadAllLinesAsync(file)).FirstOrDefault(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var pid
            )
        )
            return;
        if (
            (await CommandLine.OfProcessAsync(pid))?.Contains($" -D {_place.Cluster} ", StringComparison.Ordinal)
                is true
            || OperatingSystem.IsWindows()
        )
        {
            await CommandLine.RunAsync(
                _user.Describe(_programs["pg_ctl"], "-D", _place.Cluster, "-m", "fast", "-w", "-t", "20", "stop")
            );
        }
        else
        {
            File.Delete(file);
        }
    }
}
