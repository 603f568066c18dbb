using k8s.Models;
using PayFlow.Tests;

namespace PayFlow.Deploy.Tests;

/// <summary>
/// The scripts that a cluster's databases are made, saved and put back with, on a PostgreSQL of this machine.
/// </summary>
public sealed class DatabaseTests : IAsyncLifetime
{
    private const string Admin = "admin-password";

    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-database-").FullName;
    private readonly int _port = Ports.Free();

    /// <summary>
    /// As the image makes it: everybody needs a password. It does not run as root, so under root it is another's.
    /// </summary>
    public async ValueTask InitializeAsync() =>
        await BashAsync(
            $"""
            echo {Admin} > '{_folder}/password'
            if [ "$(id -u)" = 0 ]; then
              user=$(id -un postgres 2>/dev/null || echo nobody); chown -R "$user" '{_folder}'
              become() {"{"} runuser -u "$user" -- "$@"; {"}"}
            else
              become() {"{"} "$@"; {"}"}
            fi
            cd /
            become "$(command -v initdb)" -D '{_folder}/data' -U postgres -E UTF8 --locale=C -A scram-sha-256 \
              --pwfile='{_folder}/password' > /dev/null
            become "$(command -v pg_ctl)" -D '{_folder}/data' -w -t 60 -l '{_folder}/log' \
              -o "-p {_port} -k '{_folder}' -c listen_addresses=127.0.0.1 -c autovacuum_naptime=1" start > /dev/null
            """
        );

    public async ValueTask DisposeAsync()
    {
        await BashAsync(
            $"kill -INT \"$(head -n 1 '{_folder}/data/postmaster.pid')\"; for i in $(seq 100); do [ -e "
                + $"'{_folder}/data/postmaster.pid' ] || break; sleep 0.1; done"
        );
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_role_may_do_what_it_is_for_and_a_night_s_dumps_can_be_put_back()
    {
        var secrets = await MakeDatabasesAsync();
        string Password(string role) => secrets["postgres-secrets"][role];
        Task<string> Sql(string user, string password, string database, string sql) =>
            BashAsync($"PGPASSWORD={password} psql -v ON_ERROR_STOP=1 -U {user} -d {database} -Atc \"{sql}\"");
        Task<string> Owner(string name, string sql) =>
            Sql($"{name}db_owner", Password($"OWNER_{name.ToUpperInvariant()}"), $"{name}db", sql);
        Task<string> Service(string name, string sql, string? database = null) =>
            Sql($"{name}db_service", Password($"SERVICE_{name.ToUpperInvariant()}"), database ?? $"{name}db", sql);
        Task<string> Backup(string name, string sql) => Sql("backup", Password("BACKUP_PASSWORD"), $"{name}db", sql);
        static Task RefusedAsync(Task<string> attempt) => Assert.ThrowsAsync<InvalidOperationException>(() => attempt);

        string[] names = ["accounts", "transactions", "notifications"];
        foreach (var name in names)
        {
            await Owner(
                name,
                "create table things (id bigserial primary key, text text not null); grant select, insert on things "
                    + $"to {name}db_service; grant usage on sequence things_id_seq to {name}db_service"
            );
            await Service(name, "insert into things (text) values ('kept')");
            await RefusedAsync(Service(name, "create table others (id int)"));
            await RefusedAsync(Service(name, "delete from things"));
            await RefusedAsync(Service(name, "select 1", names.First(other => other != name) + "db"));
            Assert.Equal("kept", (await Backup(name, "select text from things")).Trim());
            await RefusedAsync(Backup(name, "insert into things (text) values ('none')"));
        }

        await Owner("accounts", "create table users as select 1 as id");
        await ScriptAsync("backup", $"export PGUSER=backup PGPASSWORD={Password("BACKUP_PASSWORD")}");
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "backups"), "*.dump").Length);
        foreach (var name in names)
            await Owner(name, "truncate things; create table later (id int references things)");

        var given = $"export STAMP= {Owners(secrets)}";
        // Never beneath a service that runs.
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync(
                "restore",
                $"""
                {given}
                sleeping() {"{"} PGPASSWORD={Admin} psql -U postgres -Atc "select 1 from pg_stat_activity
                where query like '%pg_sleep%' and pid <> pg_backend_pid()"; {"}"}
                PGPASSWORD={Admin} psql -U postgres -d transactionsdb -c 'select pg_sleep(600)' > /dev/null 2>&1 &
                until [ -n "$(sleeping)" ]; do sleep 0.1; done
                """
            )
        );
        Assert.Contains("Somebody is still connected", refused.Message, StringComparison.Ordinal);
        await BashAsync(
            $"PGPASSWORD={Admin} psql -U postgres -c \"select pg_terminate_backend(pid) from pg_stat_activity where "
                + "query like '%pg_sleep%' and pid <> pg_backend_pid()\""
        );
        // PostgreSQL's own work is nobody who is connected.
        await Owner(
            "accounts",
            "create table crowded with (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1) as "
                + "select generate_series(1, 20000) as id; delete from crowded"
        );
        Assert.Contains(
            "Restored: ",
            await ScriptAsync(
                "restore",
                $"""
                {given}
                at_work() {"{"} PGPASSWORD={Admin} psql -U postgres -Atc "select 1 from pg_stat_activity
                where datname = 'accountsdb' and backend_type = 'autovacuum worker'"; {"}"}
                until [ -n "$(at_work)" ]; do sleep 0.1; done
                """
            ),
            StringComparison.Ordinal
        );
        foreach (var name in names)
        {
            Assert.Equal("", (await Owner(name, "select to_regclass('later')")).Trim());
            await Service(name, "insert into things (text) values ('new')");
            Assert.Equal(
                "kept,new",
                (await Service(name, "select string_agg(text, ',' order by id) from things")).Trim()
            );
            await RefusedAsync(Service(name, "delete from things"));
        }
    }

    [Fact]
    public async Task A_night_with_nobody_in_it_is_put_back_only_where_it_is_named()
    {
        var secrets = await MakeDatabasesAsync();
        Task<string> Owner(string sql) =>
            BashAsync(
                $"PGPASSWORD={secrets["postgres-secrets"]["OWNER_ACCOUNTS"]} psql -v ON_ERROR_STOP=1 -U "
                    + $"accountsdb_owner -d accountsdb -Atc \"{sql}\""
            );
        await Owner("create table users (id int)");
        await ScriptAsync(
            "backup",
            $"export PGUSER=backup PGPASSWORD={secrets["postgres-secrets"]["BACKUP_PASSWORD"]}"
        );
        await Owner("insert into users values (1)");
        var stamp = Path.GetFileNameWithoutExtension(
                Assert.Single(Directory.GetFiles(Path.Combine(_folder, "backups"), "accountsdb-*.dump"))
            )
            .Split('-')[1];

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync("restore", $"export STAMP= {Owners(secrets)}")
        );
        Assert.Contains(
            $"There is nobody in the dumps of {stamp}, the newest",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("1", (await Owner("select count(*) from users")).Trim());
        Assert.Contains(
            $"Restored: {stamp}",
            await ScriptAsync("restore", $"export STAMP={stamp} {Owners(secrets)}"),
            StringComparison.Ordinal
        );
        Assert.Equal("0", (await Owner("select count(*) from users")).Trim());
    }

    [Fact]
    public async Task A_backup_makes_room_before_it_needs_it_and_never_drops_the_newest_whole_night()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "backups")).FullName;
        var secrets = await MakeDatabasesAsync();
        void Put(string stamp, int age, params string[] names)
        {
            foreach (var name in names)
            {
                File.WriteAllText(Path.Combine(folder, $"{name}db-{stamp}.dump"), "a dump");
                File.SetLastWriteTimeUtc(
                    Path.Combine(folder, $"{name}db-{stamp}.dump"),
                    TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromDays(age)
                );
            }
        }

        Put("20260101T203000Z", 30, "accounts", "transactions", "notifications");
        Put("20260110T203000Z", 20, "accounts", "transactions", "notifications");
        Put("20260129T203000Z", 1, "accounts", "transactions");
        await File.WriteAllTextAsync(
            Path.Combine(folder, ".unfinished"),
            "half a dump",
            TestContext.Current.CancellationToken
        );

        var full = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync(
                "backup",
                $"export PGUSER=backup PGPASSWORD={secrets["postgres-secrets"]["BACKUP_PASSWORD"]}; pg_dump() {{ echo "
                    + "No space left on device >&2; return 1; }"
            )
        );
        Assert.Contains("No space left on device", full.Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                ".lock",
                "accountsdb-20260110T203000Z.dump",
                "notificationsdb-20260110T203000Z.dump",
                "transactionsdb-20260110T203000Z.dump",
            ],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

        // One that is under way is left alone, with what it has made so far.
        Put("20260201T203000Z", 0, "accounts");
        var second = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync("backup", $"exec 8> {folder}/.lock; flock 8")
        );
        Assert.Contains("Another backup is being made.", second.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "accountsdb-20260201T203000Z.dump")));
    }

    [Fact]
    public async Task A_base_backup_makes_room_first_and_keeps_the_newest_one_and_the_log_that_the_oldest_needs()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "backups")).FullName;
        void Base(int age, string segment)
        {
            var name = (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(age)).ToString(
                "yyyyMMdd'T'HHmmss'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            );
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "base", name)).FullName, "first-segment"),
                segment
            );
        }

        Base(20, "000000010000000000000010");
        Base(8, "000000010000000000000020");
        Base(6, "000000010000000000000030");
        Directory.CreateDirectory(Path.Combine(folder, "base", ".unfinished"));
        var log = Directory.CreateDirectory(Path.Combine(folder, "wal")).FullName;
        foreach (
            var name in new[]
            {
                "00000001000000000000002F.gz",
                "000000010000000000000030.gz",
                "000000010000000100000000",
                "000000010000000100000001.partial",
                "00000002.history",
            }
        )
            await File.WriteAllTextAsync(Path.Combine(log, name), "", TestContext.Current.CancellationToken);

        var full = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync("backup", "pg_basebackup() { echo No space left on device >&2; return 1; }", "base")
        );
        Assert.Contains("No space left on device", full.Message, StringComparison.Ordinal);
        Assert.Equal(
            "000000010000000000000030",
            await File.ReadAllTextAsync(
                Path.Combine(Assert.Single(Directory.GetDirectories(Path.Combine(folder, "base"))), "first-segment"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(
            [
                "000000010000000000000030.gz",
                "000000010000000100000000",
                "000000010000000100000001.partial",
                "00000002.history",
            ],
            Directory.GetFiles(log).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

        // However old it is.
        Directory.Delete(Path.Combine(folder, "base"), recursive: true);
        Base(40, "000000010000000100000000");
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync("backup", "pg_basebackup() { return 1; }", "base")
        );
        Assert.Single(Directory.GetDirectories(Path.Combine(folder, "base")));
    }

    [Theory]
    [InlineData("", "PostgreSQL runs: stop it first.")]
    [InlineData("export PGPORT=1 MOMENT='yesterday'", "MOMENT is a time in UTC")]
    [InlineData("export PGPORT=1 MOMENT='2026-11-25 20:30:00'", "MOMENT is a time in UTC")]
    [InlineData(
        "export PGPORT=1 MOMENT=2026-11-25T20:30:00Z",
        "There is no base backup from before 2026-11-25T20:30:00Z."
    )]
    public async Task A_restore_to_a_moment_begins_only_where_it_can_end(string before, string refusal)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "backups", "base", "20261126T000000Z"));
        var data = Path.Combine(_folder, "other");
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ScriptAsync("restore-moment", $"export MOMENT= PGDATA='{data}'\n{before}")
        );
        Assert.Contains(refusal, refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    /// <summary>
    /// What the script makes of passwords is what the services, the backup and the restore are given.
    /// </summary>
    private async Task<Dictionary<string, IDictionary<string, string>>> MakeDatabasesAsync()
    {
        var secrets = (await Rendered.PrintedAsync("small")).ToDictionary(
            secret => secret.Key,
            secret => secret.Value.StringData,
            StringComparer.Ordinal
        );
        var setUp = string.Concat(
            secrets["postgres-secrets"]
                .Where(entry => entry.Key != "POSTGRES_PASSWORD")
                .Select(entry => $"export {entry.Key}={entry.Value}\n")
        );
        await BashAsync($"{setUp}PGPASSWORD={Admin} bash '{Repository.In("deploy/k3s/postgres-single/databases.sh")}'");
        return secrets;
    }

    /// <summary>The owners' connections as the restore is given them.</summary>
    private string Owners(Dictionary<string, IDictionary<string, string>> secrets)
    {
        string Connection(string name) =>
            secrets[$"{name}-owner"]
                [$"ConnectionStrings__{name}db-owner"]
                .Replace("Host=postgres;Port=5432", $"Host=127.0.0.1;Port={_port}", StringComparison.Ordinal);
        return $"ACCOUNTS='{Connection("accounts")}' TRANSACTIONS='{Connection("transactions")}' "
            + $"NOTIFICATIONS='{Connection("notifications")}'";
    }

    /// <summary>The script of a CronJob, with a folder of this machine for its volume.</summary>
    private async Task<string> ScriptAsync(string job, string before, string? container = null)
    {
        var pod = (await Rendered.OfAsync("small"))
            .All<V1CronJob>()
            .Single(one => one.Metadata.Name == job)
            .Spec.JobTemplate.Spec.Template;
        return await RunAsync(Pods.Containers(pod).Single(one => one.Name == (container ?? job)), before);
    }

    private async Task<string> RunAsync(V1Container container, string before)
    {
        Assert.Equal(["bash", "-euo", "pipefail", "-c"], container.Command);
        Directory.CreateDirectory(Path.Combine(_folder, "backups"));
        var backups = Path.Combine(_folder, "backups");
        var script = container.Args.Single().Replace("/backups", backups, StringComparison.Ordinal);
        return await BashAsync($"{before}\n{script}");
    }

    private Task<string> BashAsync(string script) =>
        Repository.RunAsync(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            $"""
            command -v pg_verifybackup > /dev/null ||
              PATH="$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH"
            export PGHOST=127.0.0.1 PGPORT={_port}
            {script}
            """
        );
}
