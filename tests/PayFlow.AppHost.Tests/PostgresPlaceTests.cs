using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// A start deletes what a cut-short initdb left and nothing else; what is missing of a database is named.
/// </summary>
public sealed class PostgresPlaceTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly PostgresPlace _place;

    public PostgresPlaceTests() => _place = new PostgresPlace(_temp["postgres"]);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Only_a_cluster_with_this_folders_mark_is_taken_for_its_own()
    {
        Assert.False(_place.IsComplete("this"));
        _temp.Write("postgres/cluster/PG_VERSION", "15");
        _place.MarkComplete("this");
        Assert.True(_place.IsComplete("this"));
        Assert.False(_place.IsComplete("a deleted namesake"));
    }

    [Theory]
    [InlineData("postgresql.conf")]
    [InlineData("PG_VERSION")]
    [InlineData("base/1/PG_VERSION")]
    [InlineData("pg_wal/000000010000000000000001")]
    public void What_a_cut_short_initdb_left_goes(string last)
    {
        _temp.Write("postgres/cluster.new/global/pg_control");
        _temp.Write("postgres/cluster/PG_VERSION", "15");
        foreach (var empty in new[] { "base/1", "global", "pg_xact", "pg_tblspc" })
            Directory.CreateDirectory(_temp["postgres/cluster/" + empty]);
        _temp.Write("postgres/cluster/" + last, "15");
        _place.DeleteUnfinished();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp["postgres"]));
        Assert.Null(_place.Major());
    }

    [Theory]
    [InlineData("global/pg_control")]
    [InlineData("global/1262")]
    [InlineData("base/1/1259")]
    [InlineData("base/5/PG_VERSION")]
    [InlineData("base/16384/PG_VERSION")]
    [InlineData("pg_xact/0000")]
    [InlineData("pg_tblspc/16500/PG_15/1")]
    public void What_held_a_table_or_a_transaction_stays_whatever_else_is_missing(string piece)
    {
        var file = _temp.Write("postgres/cluster/" + piece, "data");
        _place.DeleteUnfinished();
        Assert.Equal("data", File.ReadAllText(file));
        Assert.Throws<CannotRunException>(() => _place.Major());
    }

    [Fact]
    public void What_a_link_leads_to_stays_and_so_does_the_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Directory.CreateDirectory(_temp["postgres/cluster"]);
        _temp.Write("postgres/cluster/PG_VERSION", "15");
        // The other disk is not mounted.
        Directory.CreateSymbolicLink(_temp["postgres/cluster/base"], _temp["elsewhere/base"]);
        _place.DeleteUnfinished();
        Assert.NotNull(new FileInfo(_temp["postgres/cluster/base"]).LinkTarget);
        Assert.Throws<CannotRunException>(() => _place.Major());
    }

    [Theory]
    [InlineData("")]
    [InlineData("this")]
    public void A_mark_without_a_cluster_is_a_lost_database_and_not_a_new_one(string mark)
    {
        _temp.Write("postgres/complete", mark);
        foreach (
            var make in new[]
            {
                () => { },
                () =>
                {
                    Directory.CreateDirectory(_place.Cluster);
                },
            }
        )
        {
            make();
            _place.DeleteUnfinished();
            MustName(_place.Cluster, "is missing or empty");
        }
    }

    [Theory]
    [InlineData("PG_VERSION", "is missing")]
    [InlineData("global/pg_control", "is missing")]
    [InlineData("postgresql.conf", "is missing")]
    [InlineData("pg_hba.conf", "is missing")]
    [InlineData("base", "is missing")]
    [InlineData("pg_wal", "is missing")]
    [InlineData("pg_xact", "is missing")]
    public void A_piece_that_is_missing_is_named(string piece, string how)
    {
        Whole();
        Assert.Equal(15, _place.Major());
        if (File.Exists(_temp["postgres/cluster/" + piece]))
            File.Delete(_temp["postgres/cluster/" + piece]);
        else
            Directory.Delete(_temp["postgres/cluster/" + piece], recursive: true);
        _place.DeleteUnfinished();
        MustName(_temp["postgres/cluster/" + piece], how);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fifteen")]
    [InlineData("-15")]
    [InlineData("15.1 beta\0")]
    public void A_version_that_is_none_is_named(string version)
    {
        Whole();
        _temp.Write("postgres/cluster/PG_VERSION", version);
        MustName(_temp["postgres/cluster/PG_VERSION"], "is damaged");
    }

    [Fact]
    public void A_file_in_the_clusters_place_is_named()
    {
        _temp.Write("postgres/cluster", "mine");
        _place.DeleteUnfinished();
        MustName(_place.Cluster, "is a file");
    }

    private void Whole()
    {
        foreach (
            var file in new[]
            {
                "postgresql.conf",
                "pg_hba.conf",
                "global/pg_control",
                "base/16384/1259",
                "pg_wal/000000010000000000000001",
                "pg_xact/0000",
            }
        )
            _temp.Write("postgres/cluster/" + file, "data");
        _temp.Write("postgres/cluster/PG_VERSION", "15\n");
    }

    private void MustName(string file, string how)
    {
        var refused = Assert.Throws<CannotRunException>(() => _place.Major());
        Assert.StartsWith($"{file} {how}", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Put it back from a copy, or start over with --reset.",
            refused.Message,
            StringComparison.Ordinal
        );
    }
}
