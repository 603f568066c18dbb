using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Limits;

/// <summary>
/// The table of what was sent on the last day and in the last month: one row a subject and currency. Rows are always
/// locked in key order, and before transactions are written.
/// </summary>
internal static class LimitCounters
{
    /// <summary>
    /// Locks the subjects' rows and adds what each may spend, in one statement; what is not accepted after all is taken
    /// off again by
    /// <see cref="Correct"/> before the commit. So a batch of accepted payments costs one write a subject.
    /// </summary>
    /// <param name="subjects">In key order.</param>
    public static NpgsqlBatchCommand Count(IReadOnlyCollection<LimitSubject> subjects) =>
        Command(
            """
            insert into limit_usage as u (
              tenant_id, party_id, currency, day, day_used, day_unconfirmed, month, month_used)
            select tenant, party, currency, day, used, unconfirmed, month, used
            from unnest($1, $2, $3, $4, $5, $6, $7) v(tenant, party, currency, day, month, used, unconfirmed)
            on conflict (tenant_id, party_id, currency) do update set
              day = greatest(u.day, excluded.day),
              day_used = case when u.day < excluded.day then 0 else u.day_used end + excluded.day_used,
              day_unconfirmed = case when u.day < excluded.day then 0 else u.day_unconfirmed end
                + excluded.day_unconfirmed,
              month = greatest(u.month, excluded.month),
              month_used = case when u.month < excluded.month then 0 else u.month_used end + excluded.month_used
            returning party_id, currency, day, day_used, month_used, day_unconfirmed, tenant_id
            """,
            OfTenants(subjects, subject => subject.Key.Tenant),
            Column(subjects, subject => subject.Key.Party),
            Column(subjects, subject => subject.Key.Currency),
            Column(subjects, subject => subject.Day),
            Column(subjects, subject => LimitPolicy.MonthOf(subject.Day)),
            Column(subjects, subject => subject.Counted),
            Column(subjects, subject => subject.CountedUnconfirmed)
        );

    /// <summary>Reads what <see cref="Count"/> returned.</summary>
    public static void Read(NpgsqlDataReader reader, Dictionary<LimitSubjectKey, LimitSubject> subjects)
    {
        while (reader.Read())
        {
            var subject = subjects[
                new LimitSubjectKey(new TenantId(reader.GetGuid(6)), reader.GetGuid(0), reader.GetString(1))
            ];
            subject.LimitUsage = new LimitUsage(
                reader.GetFieldValue<DateOnly>(2),
                reader.GetInt64(3) - subject.Counted,
                reader.GetInt64(4) - subject.Counted,
                reader.GetInt64(5) - subject.CountedUnconfirmed
            );
        }
    }

    /// <summary>Takes off what was counted in advance and not accepted. Nothing where all was.</summary>
    public static void Correct(NpgsqlBatch batch, IEnumerable<LimitSubject> subjects)
    {
        var wrong = subjects
            .Where(subject =>
                subject.Accepted != subject.Counted || subject.AcceptedUnconfirmed != subject.CountedUnconfirmed
            )
            .ToList();
        if (wrong.Count == 0)
            return;
        batch.BatchCommands.Add(
            Command(
                """
                update limit_usage u set
                  day_used = u.day_used - v.excess, month_used = u.month_used - v.excess,
                  day_unconfirmed = u.day_unconfirmed - v.unconfirmed
                from (select * from unnest($1, $2, $3, $4, $5) limit $6) v(tenant, party, currency, excess, unconfirmed)
                where u.tenant_id = v.tenant and u.party_id = v.party and u.currency = v.currency
                """,
                OfTenants(wrong, subject => subject.Key.Tenant),
                Column(wrong, subject => subject.Key.Party),
                Column(wrong, subject => subject.Key.Currency),
                Column(wrong, subject => subject.Counted - subject.Accepted),
                Column(wrong, subject => subject.CountedUnconfirmed - subject.AcceptedUnconfirmed),
                AllRows
            )
        );
    }

    /// <summary>
    /// Subtracts failed transactions from the day and month that counted them. Past days and months are not corrected.
    /// Runs once per failure: a concurrent writer makes the caller's commit fail.
    /// </summary>
    public static void Release(NpgsqlBatch batch, IReadOnlyCollection<CountedUsage> failed)
    {
        if (failed.Count == 0)
            return;
        // The row is never behind a day that it counted, so of several days only the latest can be its present one.
        var back = failed
            .GroupBy(spend => spend.LimitSubject)
            .OrderBy(group => group.Key, LimitSubjectKey.Order)
            .Select(group => (group.Key, Day: group.Max(spend => spend.Day), Spends: group.ToList()))
            .Select(subject =>
                (
                    subject.Key,
                    subject.Day,
                    Month: LimitPolicy.MonthOf(subject.Day),
                    OfDay: subject.Spends.Where(spend => spend.Day == subject.Day).Sum(spend => spend.Amount),
                    OfMonth: subject
                        .Spends.Where(spend => LimitPolicy.MonthOf(spend.Day) == LimitPolicy.MonthOf(subject.Day))
                        .Sum(spend => spend.Amount)
                )
            )
            .ToList();
        batch.BatchCommands.Add(
            Command(
                """
                update limit_usage u set
                  day_used = u.day_used - case when u.day = v.day then v.of_day else 0 end,
                  month_used = u.month_used - case when u.month = v.month then v.of_month else 0 end
                from (select * from unnest($1, $2, $3, $4, $5, $6, $7) limit $8)
                  v(tenant, party, currency, day, month, of_day, of_month)
                where u.tenant_id = v.tenant and u.party_id = v.party and u.currency = v.currency
                """,
                OfTenants(back, subject => subject.Key.Tenant),
                Column(back, subject => subject.Key.Party),
                Column(back, subject => subject.Key.Currency),
                Column(back, subject => subject.Day),
                Column(back, subject => subject.Month),
                Column(back, subject => subject.OfDay),
                Column(back, subject => subject.OfMonth),
                AllRows
            )
        );
    }
}
