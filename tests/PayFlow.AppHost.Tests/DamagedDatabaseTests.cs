using System.Text.Json.Nodes;
using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// A start on a damaged data folder keeps the database: it goes on where the password proves that all is well, and
/// otherwise ends with one sentence that names the file and the way out.
/// </summary>
public sealed class DamagedDatabaseTests(WholeDatabase whole) : IClassFixture<WholeDatabase>
{
    private const string Question = "select amount from money";

    [Theory]
    [InlineData("mark missing")]
    [InlineData("mark empty")]
    [InlineData("mark of another folder")]
    [InlineData("marker of another id")]
    [InlineData("marker missing")]
    public async Task A_mark_that_was_lost_is_written_again_and_no_row_is(string damage)
    {
        var data = await whole.CopyAsync();
        var mark = Path.Combine(data, "postgres", "complete");
        var marker = Path.Combine(data, "payflow-data.json");
        switch (damage)
        {
            case "mark missing":
                File.Delete(mark);
                break;
            case "mark empty":
                await File.WriteAllTextAsync(mark, "", TestContext.Current.CancellationToken);
                break;
            case "mark of another folder":
                await File.WriteAllTextAsync(mark, new string('b', 32), TestContext.Current.CancellationToken);
                break;
            case "marker missing":
                File.Delete(marker);
                break;
            default:
                var content = JsonNode.Parse(
                    await File.ReadAllTextAsync(marker, TestContext.Current.CancellationToken)
                )!;
                content["id"] = new string('c', 32);
                await File.WriteAllTextAsync(marker, content.ToJsonString(), TestContext.Current.CancellationToken);
                break;
        }

        Assert.Equal(WholeDatabase.Row, await WholeDatabase.AskAsync(data, Question));
        Assert.Equal(
            (string?)JsonNode.Parse(await File.ReadAllTextAsync(marker, TestContext.Current.CancellationToken))!["id"],
            await File.ReadAllTextAsync(mark, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_database_of_another_folder_is_refused_and_kept()
    {
        var data = await whole.CopyAsync();
        using (DataFolder.Open(data + "-of-another", reset: false))
            Directory.Move(Path.Combine(data, "postgres"), Path.Combine(data + "-of-another", "postgres"));
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            WholeDatabase.RunAsync(data + "-of-another", TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            Path.Combine(data + "-of-another", "postgres", "cluster"),
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--reset", refused.Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(data, "logs"), recursive: true);
        Directory.Move(Path.Combine(data + "-of-another", "postgres"), Path.Combine(data, "postgres"));
        Assert.Equal(WholeDatabase.Row, await WholeDatabase.AskAsync(data, Question));
    }

    [Theory]
    [InlineData("PG_VERSION")]
    [InlineData("global/pg_control")]
    [InlineData("pg_wal")]
    public async Task A_piece_that_is_missing_ends_the_start_and_nothing_else_is_touched(string piece)
    {
        var data = await whole.CopyAsync();
        var path = Path.Combine(data, "postgres", "cluster", piece);
        Directory.Move(path, path + ".aside");
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            WholeDatabase.RunAsync(data, TestContext.Current.CancellationToken)
        );
        Assert.Equal($"{path} is missing. Put it back from a copy, or start over with --reset.", refused.Message);
        Directory.Move(path + ".aside", path);
        Assert.Equal(WholeDatabase.Row, await WholeDatabase.AskAsync(data, Question));
    }

    [Fact]
    public async Task Data_of_a_PostgreSQL_that_is_not_here_ends_the_start_with_its_version()
    {
        var data = await whole.CopyAsync();
        var version = Path.Combine(data, "postgres", "cluster", "PG_VERSION");
        await File.WriteAllTextAsync(version, "99\n", TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            WholeDatabase.RunAsync(data, TestContext.Current.CancellationToken)
        );
        Assert.StartsWith("The data was made by PostgreSQL 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--reset", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("global/pg_control")]
    [InlineData("postgresql.conf")]
    public async Task What_PostgreSQL_cannot_read_ends_the_start_with_its_words_after_three_tries(string piece)
    {
        var data = await whole.CopyAsync();
        await File.WriteAllTextAsync(
            Path.Combine(data, "postgres", "cluster", piece),
            "no such thing = = 1",
            TestContext.Current.CancellationToken
        );
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            WholeDatabase.RunAsync(data, TestContext.Current.CancellationToken)
        );
        Assert.Matches(
            $"^postgres ended 3 times before it could be used: (FATAL|PANIC|error): .*{Path.GetFileName(piece)}",
            refused.Message
        );
        Assert.Contains(
            $"if the data in {Path.Combine(data, "postgres", "cluster")} is damaged, put it back from a copy, or "
                + "start over with --reset.",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("base/5")]
    [InlineData("global/1260")]
    public async Task A_server_that_runs_on_damaged_data_ends_the_start_as_well(string piece)
    {
        var data = await whole.CopyAsync();
        var path = Path.Combine(data, "postgres", "cluster", piece);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            await File.WriteAllBytesAsync(
                path,
                [.. Enumerable.Repeat((byte)7, 16384)],
                TestContext.Current.CancellationToken
            );
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            WholeDatabase.RunAsync(data, TestContext.Current.CancellationToken)
        );
        Assert.StartsWith("PostgreSQL runs, and its data cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--reset", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task No_new_database_takes_the_place_of_one_that_is_lost()
    {
        var data = await whole.CopyAsync();
        Directory.Delete(Path.Combine(data, "postgres"), recursive: true);
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            WholeDatabase.RunAsync(data, TestContext.Current.CancellationToken)
        );
        Assert.Equal(
            $"{Path.Combine(data, "postgres", "cluster")}, the database of {data}, is missing. Put it back from a "
                + "copy, or start over with --reset.",
            refused.Message
        );
    }
}
