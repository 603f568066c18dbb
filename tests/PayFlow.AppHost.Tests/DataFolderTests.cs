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

        var own = new[] { "postgres/cluster/PG_VERSION", "postgres/complete", "kafka/data/meta.properties", "logs/web.log", "run.json" }.Select(name => _temp.Write("data/" + name)).ToList();
        own.AddRange([_temp["data/secrets/pg-password"], _temp["data/ports.json"]]);
        var foreign = new[] { "notes.txt", "photos/cat.jpg", "postgres/dump.sql" }.Select(name => _temp.Write("data/" + name, "mine")).ToList();

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
        if (OperatingSystem.IsWindows()) return;
        var closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_temp["home"], closed);
        using var inside = DataFolder.Open(_temp["home/new/data"], reset: false);
        using var itself = DataFolder.Open(Directory.CreateDirectory(_temp["empty"], closed).FullName, reset: false);
        Assert.Equal(closed, File.GetUnixFileMode(_temp["home"]));
        Assert.Equal(closed, File.GetUnixFileMode(_temp["empty"]));
        Assert.Equal(closed, File.GetUnixFileMode(_temp["empty/secrets"]));
    }

    [Fact]
    public void Only_a_cluster_that_was_finished_for_this_folder_is_taken_for_a_whole_one()
    {
        var place = new PostgresPlace(_temp["postgres"]);
        _temp.Write("postgres/cluster/PG_VERSION", "15");
        Assert.False(place.IsComplete("this"));
        place.MarkComplete("this");
        Assert.True(place.IsComplete("this"));
        Assert.False(place.IsComplete("a deleted namesake"));
    }

    [Fact]
    public void Secrets_and_free_ports_are_the_same_in_the_next_run()
    {
        string secret;
        int port;
        using (var first = DataFolder.Open(_temp["data"], reset: false)) (secret, port) = (first.Secret("service-token"), new PortBook(first).Of("postgres"));
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
            Assert.Single(Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => folder.Secret(name)).ToList().Distinct());
        }
    }
}
