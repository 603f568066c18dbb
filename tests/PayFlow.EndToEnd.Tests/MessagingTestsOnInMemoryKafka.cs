namespace PayFlow.EndToEnd.Tests;

public sealed class MessagingTestsOnInMemoryKafka(OnInMemoryKafka payflow)
    : MessagingTests(payflow),
        IClassFixture<SharedInMemoryKafka>
{
    [Fact]
    public async Task A_broker_that_comes_back_empty_is_fed_again_and_effects_stay_single()
    {
        await using var service = await StartAsync();
        await service.TellAsync("before");
        await service.TookEffectAsync("before");
        await RestartBrokerAsync();
        await service.TellAsync("after");
        await service.TookEffectAsync("after");
        // The old message came again from the outbox, and was found done; more than once where the group settled in
        // between.
        await Wallet.EventuallyAsync(() =>
        {
            Assert.InRange(service.Seen.Count(id => id.EndsWith("before", StringComparison.Ordinal)), 2, int.MaxValue);
            return Task.CompletedTask;
        });
        Assert.Equal(1, await service.EffectsAsync("before"));
        Assert.Equal(1, await service.EffectsAsync("after"));
    }

    [Fact]
    public async Task A_new_broker_is_fed_however_much_longer_that_takes_than_a_statement_may()
    {
        const int Copies = 4000;
        await using var service = await StartAsync(timeout: ";Command Timeout=2");
        await service.TellAsync("often");
        await service.TookEffectAsync("often");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(1L, await service.ScalarAsync("select count(*) from outbox where published_at is not null"))
        );
        await service.ExecuteAsync(
            $"""
            insert into outbox select gen_random_uuid(), created_at, published_at, messages, payload
            from outbox, generate_series(1, {Copies})
            """
        );
        // A disk on which all rows together take twice as long as a statement is waited for.
        await service.ExecuteAsync(
            """
            create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.001); return new; end';
            create trigger slow before update on outbox for each row
              when (old.published_at is not null and new.published_at is null) execute function slow()
            """
        );
        await RestartBrokerAsync();
        await Wallet.EventuallyAsync(() =>
        {
            Assert.InRange(service.Seen.Count, Copies + 2, int.MaxValue);
            return Task.CompletedTask;
        });
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(0L, await service.ScalarAsync("select count(*) from outbox where published_at is null"))
        );
        Assert.Equal(1, await service.EffectsAsync("often"));
    }
}
