using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>Whose folder it is, before anything is written or deleted in it.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_with_files_that_are_not_PayFlows_is_refused_and_stays_as_it_was(bool reset)
    {
        var letter = _temp.Write("home/letter.txt", "dear");
        var refused = Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["home"], reset));
        Assert.Contains("not PayFlow's", refused.Message, StringComparison.Ordinal);
        Assert.Equal([letter], Directory.GetFileSystemEntries(_temp["home"]));
        Assert.Equal("dear", File.ReadAllText(letter));
    }

    [Fact]
    public void A_reset_deletes_what_PayFlow_made_and_nothing_else()
    {
        using (var before = DataFolder.Open(_temp["data"], reset: false))
        {
            before.Secret("pg-password");
            new PortBook(before).Of("postgres");
        }

        var own = new[]
        {
            "postgres/cluster/PG_VERSION",
            "postgres/complete",
            "kafka/data/meta.properties",
            "logs/web.log",
            "run.json",
        }
            .Select(name => _temp.Write("data/" + name))
            .ToList();
        own.AddRange([_temp["data/secrets/pg-password"], _temp["data/ports.json"]]);
        var foreign = new[] { "notes.txt", "photos/cat.jpg", "postgres/dump.sql" }
            .Select(name => _temp.Write("data/" + name, "mine"))
            .ToList();

        using var after = DataFolder.Open(_temp["data"], reset: true);

        Assert.DoesNotContain(own, File.Exists);
        Assert.All(foreign, file => Assert.Equal("mine", File.ReadAllText(file)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_that_another_run_owns_is_refused_and_keeps_its_data(bool reset)
    {
        using var running = DataFolder.Open(_temp["data"], reset: false);
        var secret = running.Secret("pg-password");
        var refused = Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset));
        Assert.Contains("Another PayFlow runs", refused.Message, StringComparison.Ordinal);
        Assert.Equal(secret, File.ReadAllText(_temp["data/secrets/pg-password"]));
    }

    [Fact]
    public void Folders_that_were_there_keep_their_permissions()
    {
        if (OperatingSystem.IsWindows())
            return;
        var closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_temp["home"], closed);
        using var inside = DataFolder.Open(_temp["home/new/data"], reset: false);
        using var itself = DataFolder.Open(Directory.CreateDirectory(_temp["empty"], closed).FullName, reset: false);
        Assert.Equal(closed, File.GetUnixFileMode(_temp["home"]));
        Assert.Equal(closed, File.GetUnixFileMode(_temp["empty"]));
        Assert.Equal(closed, File.GetUnixFileMode(_temp["empty/secrets"]));
    }

    [Fact]
    public void Secrets_and_free_ports_are_the_same_in_the_next_run()
    {
        string secret;
        int port;
        using (var first = DataFolder.Open(_temp["data"], reset: false))
            (secret, port) = (first.Secret("service-token"), new PortBook(first).Of("postgres"));
        using var second = DataFolder.Open(_temp["data"], reset: false);
        Assert.Equal((secret, port), (second.Secret("service-token"), new PortBook(second).Of("postgres")));
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
        taken.Start();
        Assert.NotEqual(port, new PortBook(second).Of("postgres"));
    }

    [Fact]
    public void All_who_ask_for_a_secret_at_once_hold_the_same()
    {
        using var folder = DataFolder.Open(_temp["data"], reset: false);
        for (var i = 0; i < 50; i++)
        {
            var name = $"secret-{i}";
            Assert.Single(
                Enumerable
                    .Range(0, 8)
                    .AsParallel()
                    .WithDegreeOfParallelism(8)
                    .Select(_ => folder.Secret(name))
                    .ToList()
                    .Distinct()
            );
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("not the one that was made for this folder")]
    [InlineData("a folder")]
    public void A_secret_that_was_lost_is_named_before_anything_starts_and_is_not_replaced(string how)
    {
        using (var before = DataFolder.Open(_temp["data"], reset: false))
        {
            foreach (var name in new[] { "pg-password", "service-token" })
                before.Secret(name);
        }

        var file = _temp["data/secrets/service-token"];
        File.Delete(file);
        if (how == "empty")
            File.WriteAllText(file, "\n");
        else if (how == "a folder")
            Directory.CreateDirectory(file);
        else if (how != "missing")
            File.WriteAllText(file, "another");

        var refused = Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset: false));

        Assert.Equal(
            $"{file} is {how}, and the data in this folder needs it. Put it back from a copy, or start over with "
                + "--reset.",
            refused.Message
        );
        Assert.Equal(
            how is "empty" ? "\n"
                : how is "missing" or "a folder" ? null
                : "another",
            File.Exists(file) ? File.ReadAllText(file) : null
        );
        using var after = DataFolder.Open(_temp["data"], reset: true);
        Assert.Equal(32, after.Secret("service-token").Length);
    }

    [Fact]
    public void A_secret_that_a_later_version_needs_is_made_and_a_line_end_that_an_editor_added_does_no_harm()
    {
        string secret;
        using (var before = DataFolder.Open(_temp["data"], reset: false))
            secret = before.Secret("service-token");
        File.AppendAllText(_temp["data/secrets/service-token"], "\n");
        using var after = DataFolder.Open(_temp["data"], reset: false);
        Assert.Equal(secret, after.Secret("service-token"));
        Assert.Equal(32, after.Secret("a-new-one").Length);
    }

    [Fact]
    public void A_folder_of_an_earlier_version_keeps_its_secrets_and_misses_the_databases_password()
    {
        string secret;
        using (var before = DataFolder.Open(_temp["data"], reset: false))
            secret = before.Secret("pg-password");
        _temp.Write("data/payflow-data.json", $$"""{"about":"","id":"{{new string('a', 32)}}"}""");
        _temp.Write("data/postgres/complete", new string('a', 32));
        using (var later = DataFolder.Open(_temp["data"], reset: false))
            Assert.Equal(secret, later.Secret("pg-password"));
        _temp.Write("data/payflow-data.json", $$"""{"about":"","id":"{{new string('a', 32)}}"}""");
        File.Delete(_temp["data/secrets/pg-password"]);
        Assert.Contains(
            "pg-password is missing",
            Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset: false)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"id\":\"\"}")]
    [InlineData("{\"id\":7}")]
    [InlineData("\0\0\0\0")]
    public void A_marker_that_was_lost_is_written_again_where_the_database_proves_it_and_refused_where_nothing_does(
        string? text
    )
    {
        string id;
        using (var before = DataFolder.Open(_temp["data"], reset: false))
        {
            id = before.Id;
            before.Secret("pg-password");
        }

        var marker = _temp["data/payflow-data.json"];
        Lose(marker, text);
        var refused = Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset: false));
        Assert.Contains("payflow-data.json", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.Exists(marker) ? File.ReadAllText(marker) : null);

        _temp.Write("data/postgres/complete", id);
        using (var proven = DataFolder.Open(_temp["data"], reset: false))
            Assert.Equal(id, proven.Id);
        File.Delete(_temp["data/secrets/pg-password"]);
        Assert.Contains(
            "pg-password is missing",
            Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset: false)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("lock", true)]
    [InlineData("payflow-data.json", true)]
    [InlineData("ports.json", true)]
    [InlineData("run.json", true)]
    [InlineData("postgres-is-elsewhere.txt", true)]
    [InlineData("logs", false)]
    [InlineData("secrets", false)]
    [InlineData("postgres", false)]
    [InlineData("kafka", false)]
    [InlineData("prometheus", false)]
    public void A_folder_in_a_files_place_and_a_file_in_a_folders_are_named_and_left_alone(string name, bool isFile)
    {
        using (DataFolder.Open(_temp["data"], reset: false))
        {
            // It is made.
        }

        var path = _temp["data/" + name];
        if (File.Exists(path))
            File.Delete(path);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        var inside = _temp.Write(isFile ? $"data/{name}/letter.txt" : "data/" + name, "mine");
        if (name == "payflow-data.json")
            _temp.Write("data/logs/web.log");

        foreach (var reset in new[] { false, true })
        {
            var refused = Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset));
            Assert.Contains(
                name == "payflow-data.json" ? "not PayFlow's" : path,
                refused.Message,
                StringComparison.Ordinal
            );
            Assert.Contains("--data DIR", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("mine", File.ReadAllText(inside));
    }

    [Fact]
    public void What_the_folders_owner_forbids_is_said_in_a_sentence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Root may do everything.");
        using (DataFolder.Open(_temp["data"], reset: false))
        {
            // It is made.
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_temp["data/payflow-data.json"], UnixFileMode.None);
        var refused = Assert.Throws<CannotRunException>(() => DataFolder.Open(_temp["data"], reset: false));
        Assert.Contains(_temp["data/payflow-data.json"], refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", refused.Message, StringComparison.Ordinal);
    }

    private static void Lose(string file, string? text)
    {
        if (text is null)
            File.Delete(file);
        else
            File.WriteAllText(file, text);
    }
}
