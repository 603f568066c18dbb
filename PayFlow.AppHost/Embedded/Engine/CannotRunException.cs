using System.ComponentModel;
using Npgsql;

namespace PayFlow.AppHost.Embedded;

/// <summary>The run cannot go on for a reason that the person at the keyboard can mend; the message says how.</summary>
internal sealed class CannotRunException(string message) : Exception(message)
{
    /// <summary>A fault of a file, a disk or a program of this machine, and not of PayFlow's code.</summary>
    public static bool IsOfFiles(Exception fault) =>
        fault is IOException or UnauthorizedAccessException or Win32Exception;

    /// <summary>A fault of the machine, or of the database in the data folder.</summary>
    public static bool IsOfMachine(Exception fault) => IsOfFiles(fault) || fault is NpgsqlException;

    /// <param name="fault">Its message names the file.</param>
    /// <param name="folder">The data folder.</param>
    public static CannotRunException Because(Exception fault, string folder) =>
        fault is NpgsqlException
            ? new(
                $"The database in {folder} cannot be used: {LastWords.Sentence(fault.Message)} "
                    + "Put it back from a copy, or start over with --reset."
            )
            : new(
                $"{LastWords.Sentence(fault.Message)} PayFlow keeps its data in {folder}: "
                    + "mend that and start again, or name another folder with --data DIR."
            );
}
