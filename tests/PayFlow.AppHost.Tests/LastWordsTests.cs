using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>The one line of a program's many that says why it ended.</summary>
public sealed class LastWordsTests
{
    [Theory]
    [InlineData(
        "The key is another one. Give the first one back",
        "info: Started",
        "Unhandled exception. System.InvalidOperationException: The key is another one. Give the first one back.",
        " ---> System.Exception: FATAL: inner",
        "   at Some.Method() in File.cs:line 3"
    )]
    [InlineData(
        "28P01: no",
        "Unhandled exception. Npgsql.PostgresException (0x80004005): 28P01: no",
        "   at Some.Method()"
    )]
    [InlineData(
        "FATAL:  could not read file \"global/pg_control\": read 0 of 296",
        "LOG:  starting",
        "2026-11-29 12:00:00.000 UTC [1] FATAL:  could not read file \"global/pg_control\": read 0 of 296",
        "LOG:  database system is shut down"
    )]
    [InlineData(
        "PANIC:  could not locate a valid checkpoint record",
        "[2] PANIC:  could not locate a valid checkpoint record",
        "[1] LOG:  aborting startup due to startup process failure"
    )]
    [InlineData(
        "error: could not create directory: No space left on device",
        "creating directory",
        "initdb: error: could not create directory: No space left on device",
        "initdb: removing data directory"
    )]
    [InlineData("the last line", "one", "the last line", "   at Some.Frame()", "")]
    [InlineData("it said nothing")]
    public void It_is_found(string reason, params string[] lines) => Assert.Equal(reason, LastWords.Reason(lines));
}
