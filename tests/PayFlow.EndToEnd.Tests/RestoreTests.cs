using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The scripts of the manifests back up while payments and adjustments go on, and restore. Then the services start with
/// an empty broker. Each transaction agrees with the ledger by id, or the reconciliation reports it.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class RestoreTests(OnInMemoryKafka payflow) : IAsyncLifetime
{
    private const string Admin = "admin-password";
    private const string SocketsIn = "unix_socket_directories=";
    private const string AllTransactions = "select count(*) from transactions";

    /// <summary>Shorter than the restore takes, so that the restored ledger refuses what it has not seen.</summary>
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(20);

    private static readonly string[] Databases = ["accountsdb", "transactionsdb", "notificationsdb"];

    private readonly Wallet _wallet = new(payflow);
    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-restore-").FullName;
    private readonly int _port = Ports.Free();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "data");

    private string Backups => Path.Combine(_folder, "backups");

    private int SourcePort => new NpgsqlConnectionStringBuilder(payflow.Database("postgres")).Port;

    /// <summary>The role that the manifests make for backups.</summary>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Backups);
        await AdminAsync(
            $"""
            do $$ begin
              if not exists (select from pg_roles
                where rolname = 'backup') then create role backup login replication; end if;
            end $$;
            alter role backup password '{Admin}';
            grant pg_read_all_data to backup;
            grant connect on database accountsdb, transactionsdb, notificationsdb to backup
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await BashAsync(
            """
            [ ! -e "$PGDATA/postmaster.pid" ] || as_postgres pg_ctl --pgdata="$PGDATA" --wait --mode=immediate stop
            """
        );
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Dumps_made_under_load_leave_nothing_that_is_not_reported()
    {
        var began = TimeProvider.System.GetUtcNow();
        await using (var load = await Load.StartAsync(_wallet))
        {
            await load.PaidAsync(40);
            await BashAsync($"export PGPORT={SourcePort}; {Script("base/backup.yaml", "backup")}");
            await load.PaidAsync(40);
        }

        await BashAsync(
            $"""
            echo {Admin} > '{_folder}/password'; own '{_folder}'
            as_postgres initdb -D "$PGDATA" -U postgres -E UTF8 --locale=C -A scram-sha-256 \
              --pwfile='{_folder}/password' > /dev/null
            start
            {string.Concat(Databases.Select(Passwords))}
            unset PGDATA
            export BACKUP_PASSWORD={Admin} PGPASSWORD={Admin}
            bash '{Deployed("postgres-single/databases.sh")}' > /dev/null
            """
        );
        await BashAsync(
            $"""
            export STAMP= ACCOUNTS='{As("accountsdb", "owner")}' TRANSACTIONS='{As("transactionsdb", "owner")}'
            export NOTIFICATIONS='{As("notificationsdb", "owner")}'
            {Script("base/backup.yaml", "restore")}
            """
        );
        // The migrations give the services' roles their rights, and run first.
        await AssertAgreesAsync(began, name => As(name, "service") + ";Maximum Pool Size=8", dumps: true);

        static string Passwords(string name) => $"export OWNER_{Upper(name)}={Admin} SERVICE_{Upper(name)}={Admin}\n";

        static string Upper(string name) => name[..^2].ToUpperInvariant();
    }

    [Fact]
    public async Task A_base_backup_and_the_log_bring_all_databases_back_to_one_moment()
    {
        var began = TimeProvider.System.GetUtcNow();
        string moment;
        HashSet<Guid> taken;
        using (var log = Start($"export PGPORT={SourcePort}; {Script("postgres-single/wal.yaml", "wal")}"))
        {
            try
            {
                await using var load = await Load.StartAsync(_wallet);
                await load.PaidAsync(20);
                await BashAsync($"export PGPORT={SourcePort}; {Script("postgres-single/base-backup.yaml", "base")}");
                var next = Second(TimeProvider.System.GetUtcNow()) + TimeSpan.FromSeconds(1);
                await Wallet.EventuallyAsync(() =>
                {
                    Assert.True(
                        TimeProvider.System.GetUtcNow() >= next,
                        "A base backup is good from the second after it on."
                    );
                    return Task.CompletedTask;
                });
                await load.PaidAsync(40);
                taken = [.. load.Accepted];
                moment = TimeProvider
                    .System.GetUtcNow()
                    .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
                await load.PaidAsync(40);
                var written = await AdminAsync("select pg_current_wal_flush_lsn()::text");
                await Wallet.EventuallyAsync(async () =>
                    Assert.True(
                        await AdminAsync(
                            $"""
                            select flush_lsn >= '{written}' from pg_stat_replication
                            where application_name = 'pg_receivewal'
                            """
                        )
                            is true,
                        "The log is not read yet."
                    )
                );
            }
            finally
            {
                log.Kill(entireProcessTree: true);
                await log.WaitForExitAsync(Cancel);
                await Wallet.EventuallyAsync(async () =>
                    await AdminAsync(
                        """
                        select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'archive'
                        """
                    )
                );
            }
        }

        var restore = Script("postgres-single/restore-moment.yaml", "restore-moment")
            .Replace("/tmp/recovery", Path.Combine(_folder, "recovery"), StringComparison.Ordinal)
            .Replace(SocketsIn + "/tmp", SocketsIn + _folder, StringComparison.Ordinal);
        var restored = await BashAsync(
            $"""
            own '{_folder}'
            export MOMENT={moment}
            as_postgres bash -euo pipefail -c "$(cat <<'SCRIPT'
            {restore}
            SCRIPT
            )"
            start
            """
        );
        Assert.Contains($"up to {moment}", restored, StringComparison.Ordinal);
        string Service(string name) =>
            new NpgsqlConnectionStringBuilder(payflow.ServiceDatabase(name)) { Port = _port }.ConnectionString;
        await AssertAgreesAsync(began, Service, dumps: false);
        // I4: what was answered before that moment is there.
        await using var database = NpgsqlDataSource.Create(Restored("transactionsdb"));
        await using var count = database.CreateCommand("select count(*) from transactions where id = any($1)");
        count.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. taken] });
        Assert.Equal((long)taken.Count, await count.ExecuteScalarAsync(Cancel));
    }

    /// <summary>Starts the services there, and compares when they have come to rest.</summary>
    private async Task AssertAgreesAsync(DateTimeOffset began, Func<string, string> service, bool dumps)
    {
        if (dumps)
            await GrantAsync();
        await using var services = new RestoredServices(payflow, service);
        await services.StartAsync();
        await Wallet.EventuallyAsync(async () =>
        {
            Assert.Equal(0L, await ScalarAsync("transactionsdb", "select count(*) from pending_transactions"));
            foreach (var database in Databases)
                Assert.Equal(0L, await ScalarAsync(database, "select count(*) from outbox where published_at is null"));
            using var broker = new Broker(payflow, services.Kafka);
            broker.AllRead();
        });
        (
            await services.Transactions.PostAsync(
                new Uri("/transactions/reconciliation", UriKind.Relative),
                null,
                Cancel
            )
        ).EnsureSuccessStatusCode();
        var differences = (
            await new Books(Restored("accountsdb"), Restored("transactionsdb")).DifferencesAsync(id =>
                IsSince(id, began)
            )
        )
            .Keys.Order()
            .ToList();
        await Wallet.EventuallyAsync(async () =>
        {
            var reconciliation = await services.Transactions.GetFromJsonAsync<JsonElement>(
                "/transactions/reconciliation?limit=200",
                Cancel
            );
            Assert.Equal(JsonValueKind.String, reconciliation.GetProperty("lastPassEndedAt").ValueKind);
            var reported = reconciliation
                .GetProperty("differences")
                .EnumerateArray()
                .Where(one => IsSince(one.GetProperty("transactionId").GetGuid(), began))
                .ToList();
            Assert.Equal(differences, reported.Select(one => one.GetProperty("transactionId").GetGuid()).Order());
            // The ledger knows each payment that ended. What only the ledger knows is parked as well.
            Assert.All(
                reported,
                one =>
                    Assert.EndsWith(
                        "_without_transaction",
                        one.GetProperty("kind").GetString(),
                        StringComparison.Ordinal
                    )
            );
            var parked = (await services.Transactions.GetFromJsonAsync<JsonElement>("/transactions/parked", Cancel))
                .EnumerateArray()
                .Select(message => message.GetProperty("messageId").GetString()!)
                .ToList();
            Assert.All(
                differences,
                id => Assert.Contains(parked, message => message.Contains(id.ToString(), StringComparison.Ordinal))
            );
        });
        if (!dumps)
            Assert.Empty(differences);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{differences.Count} differences of {await ScalarAsync("transactionsdb", AllTransactions)} transactions"
        );

        var balance = await services.Accounts.GetFromJsonAsync<JsonElement>("/ledger/trial-balance", Cancel);
        Assert.True(balance.GetProperty("balanced").GetBoolean(), balance.ToString());
        Assert.Equal(
            0L,
            await ScalarAsync(
                "accountsdb",
                "select count(*) from accounts where kind <> 'system' and balance - held < 0"
            )
        );
        // I7: each that ended told each side once, and no other. What other tests did before is theirs.
        Assert.Equal(
            0L,
            await ScalarAsync(
                "notificationsdb",
                $"""
                select count(*) from (
                  select 1 from notifications where transaction_id is not null and created_at >= '{began:O}'
                  group by transaction_id, recipient_id, kind having count(*) > 1) twice
                """
            )
        );
    }

    /// <summary>Runs the migrations, as a deployment does before the services start. They grant the rights.</summary>
    private async Task GrantAsync()
    {
        foreach (var name in Databases)
        {
            var project = $"PayFlow.{char.ToUpperInvariant(name[0])}{name[1..^2]}";
            var start = new ProcessStartInfo(
                "dotnet",
                [RunningPayFlow.AppHostAssembly.Replace("PayFlow.AppHost", project, StringComparison.Ordinal)]
            )
            {
                UseShellExecute = false,
            };
            start.Environment["Migrate"] = "only";
            start.Environment[$"ConnectionStrings__{name}"] = As(name, "service");
            start.Environment[$"ConnectionStrings__{name}-owner"] = As(name, "owner");
            start.Environment["ConnectionStrings__messaging"] = "localhost:9";
            start.Environment["NotificationKey"] = payflow.Secret("notification-key");
            start.Environment["MessageKeys__Ledger"] = payflow.Secret("ledger-message-key");
            start.Environment["MessageKeys__Notifications"] = payflow.Secret("notification-message-key");
            start.Environment["MessageKeys__Live"] = payflow.Secret("live-message-key");
            start.Environment["Identity__KeyEncryptionKey"] = payflow.Secret("identity-key");
            using var migrate = Process.Start(start)!;
            await migrate.WaitForExitAsync(Cancel);
            Assert.Equal(0, migrate.ExitCode);
        }
    }

    private static DateTimeOffset Second(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    /// <summary>Ids begin with their time.</summary>
    private static bool IsSince(Guid id, DateTimeOffset time)
    {
        var bytes = id.ToByteArray(bigEndian: true);
        return bytes[6] >> 4 == 7
            && Convert.ToInt64(Convert.ToHexString(bytes, 0, 6), 16) >= time.ToUnixTimeMilliseconds();
    }

    private string Restored(string name) =>
        $"Host=127.0.0.1;Port={_port};Database={name};Username=postgres;Password={Superuser};Pooling=false";

    private string Superuser => File.Exists(Path.Combine(_folder, "password")) ? Admin : payflow.Secret("pg-password");

    /// <summary>A restored database's connection as its owner or as its service.</summary>
    private string As(string name, string role) =>
        $"Host=127.0.0.1;Port={_port};Database={name};Username={name}_{role};Password={Admin}";

    private async Task<long> ScalarAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(Restored(database));
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task<object?> AdminAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(payflow.Database("postgres"));
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }

    private static string Deployed(string file) =>
        Path.Combine(
            Path.GetFullPath(Path.Combine(RunningPayFlow.AppHostAssembly, "../../../../../..")),
            "deploy/k3s",
            file
        );

    /// <summary>The script of a container in a manifest, with a folder of this machine for its volume.</summary>
    private string Script(string file, string container)
    {
        var lines = File.ReadAllLines(Deployed(file))
            .SkipWhile(line => line.Trim() != $"- name: {container}")
            .SkipWhile(line => line.Trim() != "- |")
            .Skip(1)
            .ToList();
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        var script = lines
            .TakeWhile(line => line.Length == 0 || line.StartsWith(new string(' ', indent), StringComparison.Ordinal))
            .Select(line => line.Length == 0 ? line : line[indent..]);
        return string.Join('\n', script).Replace("/backups", Backups, StringComparison.Ordinal);
    }

    /// <summary>PostgreSQL does not run as root, so under root its folder is another user's.</summary>
    private ProcessStartInfo Bash(string script) =>
        new(
            "bash",
            [
                "-euo",
                "pipefail",
                "-c",
                $$"""
                if ! command -v pg_verifybackup > /dev/null; then
                  PATH="$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH"
                fi
                export PGHOST=127.0.0.1 PGPORT={{_port}} PGUSER=backup PGPASSWORD={{Admin}} PGDATA='{{Data}}'
                user=$(id -un postgres 2>/dev/null || echo nobody)
                own() { [ "$(id -u)" != 0 ] || chown -R "$user" "$1"; }
                as_postgres() {
                  if [ "$(id -u)" = 0 ]; then (cd /; runuser -u "$user" -- env PATH="$PATH" "$@"); else "$@"; fi
                }
                options="-p {{_port}} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
                start() {
                  as_postgres pg_ctl --pgdata="$PGDATA" --wait --timeout=60 --log='{{_folder}}/log' \
                    --options="$options" start > /dev/null
                }
                {{script}}
                """,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

    private Process Start(string script)
    {
        var process = Process.Start(Bash(script))!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<string> BashAsync(string script)
    {
        using var process = Process.Start(Bash(script))!;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(Cancel),
            process.StandardError.ReadToEndAsync(Cancel)
        );
        await process.WaitForExitAsync(Cancel);
        var said = new StringBuilder().Append(await output).Append(await error).ToString();
        Assert.True(process.ExitCode == 0, said);
        return said;
    }

    /// <summary>People who pay each other, and an admin who adjusts, until it is disposed of.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<Guid> _accepted = new();
        private Task _work = Task.CompletedTask;

        public IEnumerable<Guid> Accepted => _accepted;

        public static async Task<Load> StartAsync(Wallet wallet)
        {
            var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => wallet.OpenAsync("1000.00")));
            var load = new Load();
            load._work = Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(i => load.PayAsync(wallet, people, i))
                    .Append(load.AdjustAsync(wallet, people[0]))
            );
            return load;
        }

        /// <summary>Returns when so many more payments were accepted.</summary>
        public Task PaidAsync(int more)
        {
            var until = _accepted.Count + more;
            return Wallet.EventuallyAsync(() =>
            {
                Assert.True(_accepted.Count >= until || _work.IsFaulted, "Not so many yet.");
                return _work.IsFaulted ? _work : Task.CompletedTask;
            });
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _work;
            _stop.Dispose();
        }

        private async Task PayAsync(Wallet wallet, Person[] people, int i)
        {
            while (!_stop.IsCancellationRequested)
            {
                using var answer = await wallet.SendAsync(
                    people[i],
                    people[(i + 1) % people.Length].Account,
                    "0.50",
                    expiresAt: TimeProvider.System.GetUtcNow() + Expiry
                );
                // A limit of the day may be reached; what matters is what was accepted.
                if (answer.StatusCode == HttpStatusCode.Accepted)
                    _accepted.Enqueue(
                        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetGuid()
                    );
            }
        }

        private async Task AdjustAsync(Wallet wallet, Person person)
        {
            while (!_stop.IsCancellationRequested)
            {
                using var answer = await wallet.AdjustAsync(person, "0.01");
                answer.EnsureSuccessStatusCode();
            }
        }
    }
}
