using Npgsql;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>Parameters of set-based statements: a column of many rows is one array, for <c>unnest($1, $2, …)</c> or <c>= any($1)</c>.</summary>
public static class SetBased
{
    public static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    public static NpgsqlParameter<T[]> Column<TRow, T>(IReadOnlyCollection<TRow> rows, Func<TRow, T> value)
    {
        var column = new T[rows.Count];
        var i = 0;
        foreach (var row in rows) column[i++] = value(row);
        return new NpgsqlParameter<T[]> { TypedValue = column };
    }

    public static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }
}
