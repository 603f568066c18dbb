using Npgsql;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// Parameters of set-based statements: a column of many rows is one array, for <c>unnest($1, $2, …)</c> or <c>=
/// any($1)</c>. A statement that joins the rows to a table must begin with the rows. PostgreSQL, which knows neither
/// how many they are nor, on a young table, how many it has, may begin with the table instead and read all of it for
/// each batch: so what only looks something up does it in a <c>lateral (… limit 1)</c>, and what updates takes its rows
/// with <c>limit</c> <see cref="AllRows"/>.
/// </summary>
public static class SqlArrays
{
    /// <summary>
    /// A limit that lets every row through. A set with a limit that is not known when the plan is made is planned as
    /// one row.
    /// </summary>
    public static NpgsqlParameter<long> AllRows => Value(long.MaxValue);

    /// <summary>
    /// As the last statement of a batch: commits on the way instead of in a round trip by itself. Where one before it
    /// fails, the server skips it, and disposing of the transaction rolls back as ever; where it was reached, disposing
    /// does nothing more.
    /// </summary>
    internal static NpgsqlBatchCommand Commit() => new("commit");

    public static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    public static NpgsqlParameter<T[]> Column<TRow, T>(IReadOnlyCollection<TRow> rows, Func<TRow, T> value)
    {
        var column = new T[rows.Count];
        var i = 0;
        foreach (var row in rows)
            column[i++] = value(row);
        return new NpgsqlParameter<T[]> { TypedValue = column };
    }

    public static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }
}
