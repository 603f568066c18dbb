using Npgsql;
using NpgsqlTypes;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Records handled messages in the transaction of their effect. For consumers whose tables have no unique key for this;
/// the ledger's postings and the saga's state are such keys.
/// </summary>
public sealed class Inbox(TimeProvider clock)
{
    /// <summary>
    /// Claims the messages for a consumer and returns the ids that are new. Run it inside the transaction of the
    /// effect.
    /// </summary>
    public HashSet<string> Claim(NpgsqlConnection connection, string consumer, IEnumerable<string> messageIds)
    {
        using var insert = new NpgsqlCommand(
            "insert into inbox (consumer, message_id, received_at) select $1, id, $3 from unnest($2) id order by id on conflict do nothing returning message_id",
            connection
        )
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = consumer },
                new NpgsqlParameter<string[]>
                {
                    TypedValue = [.. messageIds.Distinct(StringComparer.Ordinal)],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
                new NpgsqlParameter<DateTimeOffset>
                {
                    TypedValue = clock.GetUtcNow(),
                    NpgsqlDbType = NpgsqlDbType.TimestampTz,
                },
            },
        };
        var fresh = new HashSet<string>(StringComparer.Ordinal);
        using var reader = insert.ExecuteReader();
        while (reader.Read())
            fresh.Add(reader.GetString(0));
        return fresh;
    }
}
