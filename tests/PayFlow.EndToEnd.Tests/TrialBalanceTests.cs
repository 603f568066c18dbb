using System.Globalization;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The books are damaged here: no other test may ask whether they balance meanwhile.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class TrialBalanceTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("update accounts set balance = balance + {0} where id = $1", true)]
    [InlineData("update accounts set entry_seq = entry_seq + {0} where id = $1", true)]
    [InlineData("update entries set amount = amount + {0} where account_id = $1 and entry_seq = 1", false)]
    public async Task The_trial_balance_names_the_account_that_is_wrong(string damage, bool sumsToZero)
    {
        var id = (await _wallet.OpenAsync("10.00")).Account;
        await using var admin = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        try
        {
            await ChangeAsync(1);
            var found = await _wallet.GetAsync("ledger/trial-balance");
            Assert.False(found.GetProperty("balanced").GetBoolean());
            Assert.Equal(id, Assert.Single(found.GetProperty("mismatches").EnumerateArray()).GetGuid());
            var rupees = found
                .GetProperty("currencies")
                .EnumerateArray()
                .Single(line => line.GetProperty("currency").GetString() == "INR");
            Assert.Equal(sumsToZero ? "0.00" : "0.01", rupees.GetProperty("entriesSum").GetString());
        }
        finally
        {
            await ChangeAsync(-1);
        }

        await _wallet.AssertBalancedAsync();

        async Task ChangeAsync(int by)
        {
            await using var connection = await admin.OpenConnectionAsync(Cancel);
            // As somebody would who means harm: past the triggers.
            await using var change = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new("set session_replication_role = replica"),
                    new(string.Format(CultureInfo.InvariantCulture, damage, by))
                    {
                        Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } },
                    },
                },
            };
            Assert.Equal(1, await change.ExecuteNonQueryAsync(Cancel));
        }
    }
}
