using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Benchmarks.Product;

/// <summary>
/// The people that a benchmark pays from and to; its own, so that sample balances stay as they are. Their parties,
/// logins and sessions are written into the database as signing up and in would leave them, because hashing thousands
/// of passwords would take longer than any measurement; accounts, money and tokens come through the product's own
/// routes.
/// </summary>
internal sealed record People(IReadOnlyList<Person> Payers, IReadOnlyList<Person> Payees)
{
    private const string Funds = "100000.00";

    /// <summary>For want of a browser's cookie, one key for all sessions.</summary>
    private const string SessionKey = "of the benchmark";

    private const int AtOnce = 8;

    /// <summary>Whom the payer of this number pays where payments are spread.</summary>
    public Person PayeeOf(int payer) => Payees[payer % Payees.Count];

    public static async Task<People> OpenAsync(RunningPayFlow payflow, int payers, int payees)
    {
        await Console.Error.WriteLineAsync($"  {payers} payers and {payees} payees open their wallets");
        var sessions = await SignUpAsync(payflow, payers + payees);
        var admin = await AdminAsync(payflow);
        var people = new Person[sessions.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, people.Length),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, cancellationToken) =>
            {
                var token = await TokenAsync(payflow, sessions[i]);
                using var open = new HttpRequestMessage(HttpMethod.Post, "accounts")
                {
                    Content = JsonContent.Create(new { currency = "INR" }),
                };
                open.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                var account = (await ReadAsync(payflow.Accounts, open)).GetProperty("id").GetGuid();
                people[i] = new Person(account, sessions[i]) { Token = token };
                if (i >= payers)
                    return;
                using var fund = new HttpRequestMessage(HttpMethod.Put, $"accounts/{account}/balance")
                {
                    Content = JsonContent.Create(new { adjustment = Funds, reason = "benchmark" }),
                };
                fund.Headers.Authorization = admin;
                fund.Headers.Add("Idempotency-Key", account.ToString());
                await ReadAsync(payflow.Accounts, fund);
            }
        );
        var opened = new People(people[..payers], people[payers..]);
        await SeedPayeesAsync(payflow, opened);
        return opened;
    }

    /// <summary>
    /// Each payer knows whom they pay here, as if they had confirmed a first payment: a thousand PINs would take as
    /// long as a thousand passwords.
    /// </summary>
    private static async Task SeedPayeesAsync(RunningPayFlow payflow, People people)
    {
        await using var accounts = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var find = accounts.CreateCommand("select id, owner_id from accounts where id = any($1)");
        find.Parameters.Add(
            new NpgsqlParameter<Guid[]>
            {
                TypedValue = [.. people.Payers.Concat(people.Payees).Select(person => person.Account)],
            }
        );
        var owners = new Dictionary<Guid, Guid>();
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                owners[reader.GetGuid(0)] = reader.GetGuid(1);
        }

        var pairs = people
            .Payers.SelectMany(
                (payer, i) =>
                    (IEnumerable<(Guid, Guid)>)
                        [
                            (owners[payer.Account], owners[people.PayeeOf(i).Account]),
                            (owners[payer.Account], owners[people.Payees[0].Account]),
                        ]
            )
            .Concat(people.Payees.Select(payee => (owners[people.Payers[0].Account], owners[payee.Account])))
            .Distinct()
            .ToList();
        await SeedPayeesAsync(payflow, pairs);
    }

    /// <summary>The first of each pair, a party, has paid the second one before.</summary>
    public static async Task SeedPayeesAsync(
        RunningPayFlow payflow,
        IReadOnlyCollection<(Guid Payer, Guid Payee)> pairs
    )
    {
        await using var transactions = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var know = transactions.CreateCommand(
            """
            insert into known_payees (tenant_id, payer_id, payee_id, since) select $1, payer, payee, now()
            from unnest($2, $3) v(payer, payee)
            """
        );
        know.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = TenantId.Default.Value });
        know.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. pairs.Select(pair => pair.Payer)] });
        know.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. pairs.Select(pair => pair.Payee)] });
        await know.ExecuteNonQueryAsync();
    }

    /// <summary>Access tokens last minutes: new ones before each measurement.</summary>
    public Task RefreshAsync(RunningPayFlow payflow) =>
        Parallel.ForEachAsync(
            Payers,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (person, _) => person.Token = await TokenAsync(payflow, person.Session)
        );

    /// <returns>The ids of the new sessions.</returns>
    private static async Task<Guid[]> SignUpAsync(RunningPayFlow payflow, int count)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var insert = database.CreateCommand(
            """
            with pattern as (select tenant_id from users limit 1),
                 person as (select n, gen_random_uuid() as party, gen_random_uuid() as login, 'bench' || n as handle,
                   'bench' || n || '@benchmark.example' as email from generate_series(1, $1) n),
                 parties as (insert into parties (id, tenant_id, email, name, handle, created_at)
                   select party, tenant_id, email, 'Bench ' || n, '@' || handle, now() from person, pattern),
                 logins as (insert into users (id, tenant_id, party_id, user_name, normalized_user_name, email,
                     normalized_email, email_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, roles,
                   tier, created_at)
                            select login, tenant_id, party, email, upper(email), email, upper(email), false, false,
                              true, 0, '{customer}', 'full', now() from person, pattern)
            insert into sessions (id, tenant_id, user_id, user_agent, created_at, last_used_at, expires_at)
            select gen_random_uuid(), tenant_id, login, 'PayFlow.Benchmarks', now(), now(), now() + interval '1 day'
            from person, pattern
            returning id
            """
        );
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await using var reader = await insert.ExecuteReaderAsync();
        var sessions = new List<Guid>(count);
        while (await reader.ReadAsync())
            sessions.Add(reader.GetGuid(0));
        await reader.CloseAsync();
        if (payflow.HasSessionKeys)
        {
            await using var keys = database.CreateCommand(
                "update sessions set key_hash = sha256(convert_to($1, 'UTF8')) where id = any($2)"
            );
            keys.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SessionKey });
            keys.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. sessions] });
            await keys.ExecuteNonQueryAsync();
        }

        return [.. sessions];
    }

    private static async Task<string> TokenAsync(RunningPayFlow payflow, Guid session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"internal/sessions/{session}/token");
        request.Headers.Add("X-Service-Token", payflow.ServiceToken);
        if (payflow.HasSessionKeys)
            request.Content = JsonContent.Create(new { key = SessionKey });
        return (await ReadAsync(payflow.Accounts, request)).GetProperty("accessToken").GetString()!;
    }

    private static async Task<AuthenticationHeaderValue> AdminAsync(RunningPayFlow payflow)
    {
        using var signedIn = await payflow.Accounts.PostAsJsonAsync(
            "auth/sign-in",
            new { email = "admin@payflow.example", password = "payflow-demo-1" }
        );
        signedIn.EnsureSuccessStatusCode();
        return new AuthenticationHeaderValue(
            "Bearer",
            (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()
        );
    }

    private static async Task<JsonElement> ReadAsync(HttpClient http, HttpRequestMessage request)
    {
        using var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{request.Method} {request.RequestUri} answered {answer.StatusCode.ToString()}: "
                    + $"{await answer.Content.ReadAsStringAsync()}"
            );
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
