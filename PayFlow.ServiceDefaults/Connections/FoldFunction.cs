using Microsoft.EntityFrameworkCore.Migrations;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// PostgreSQL's own folding of a text for a search: compatibility forms, composition and case do not matter. What is
/// searched and what is searched for both go through it, so old rows need no column of their own.
/// </summary>
public static class FoldFunction
{
    public const string Name = "payflow_fold";

    /// <summary>
    /// Case beyond ASCII needs a collation that knows it, and C, the default of many clusters, does not: the best one
    /// that this server has is written into the function.
    /// </summary>
    public static void CreateFold(this MigrationBuilder migration) =>
        migration.Sql(
            $$"""
            do $do$
            begin
              execute format($create$
                create function {{Name}}(words text) returns text language plpgsql immutable parallel safe as $body$
                begin
                  if octet_length(words) = char_length(words) then return lower(words collate "C"); end if;
                  return normalize(
                    replace(replace(replace(lower(normalize(words, NFKD) collate %s), 'ς', 'σ'), 'ß', 'ss'),
                      U&'\0345', 'ι'), NFKC);
                end
                $body$
              $create$, coalesce(
                (select quote_ident(collname) from pg_collation
                 where collname in ('und-x-icu', 'pg_c_utf8', 'C.utf8') and collencoding in (-1, 6)
                 order by array_position(array['und-x-icu', 'pg_c_utf8', 'C.utf8'], collname::text) limit 1),
                '"default"'));
            end
            $do$;
            """
        );

    public static void DropFold(this MigrationBuilder migration) => migration.Sql($"drop function {Name}(text)");
}
