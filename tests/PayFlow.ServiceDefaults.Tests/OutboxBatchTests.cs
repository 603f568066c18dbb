using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class OutboxBatchTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_row_gives_back_every_message_as_it_was_added()
    {
        var batch = new OutboxBatch(TypedId.NewGuid(TimeProvider.System));
        var failed = new DebitFailed(
            TenantId.Default,
            TransactionId.New(TimeProvider.System),
            1,
            AccountId.New(TimeProvider.System),
            FailureReason.InsufficientFunds,
            At
        );
        batch.Add(failed, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        batch.Add(failed with { Leg = 2 });

        var read = OutboxBatch.Decode(batch.Id, batch.Encode());

        Assert.Equal(batch.Messages.Select(m => m with { Body = [] }), read.Messages.Select(m => m with { Body = [] }));
        Assert.Equal(batch.Messages.Select(m => m.Body), read.Messages.Select(m => m.Body));
    }

    [Fact]
    public void A_damaged_row_is_told_as_one_whatever_became_of_it()
    {
        var batch = new OutboxBatch(TypedId.NewGuid(TimeProvider.System));
        batch.Add(
            new DebitFailed(
                TenantId.Default,
                TransactionId.New(TimeProvider.System),
                1,
                AccountId.New(TimeProvider.System),
                FailureReason.InsufficientFunds,
                At
            )
        );
        var row = batch.Encode();
        var refused = 0;
        for (var position = 0; position < row.Length; position++)
        {
            IsRefused(row[..position]);
            foreach (var value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
            {
                byte[] damaged = [.. row];
                damaged[position] = value;
                // What happens to be readable all the same cannot be told from what was written.
                if (Record.Exception(() => OutboxBatch.Decode(batch.Id, damaged)) is not { } failure)
                    continue;
                Assert.IsType<InvalidDataException>(failure);
                refused++;
            }
        }

        Assert.NotEqual(0, refused);

        void IsRefused(byte[] cut) => Assert.Throws<InvalidDataException>(() => OutboxBatch.Decode(batch.Id, cut));
    }

    [Fact]
    public void The_same_fact_has_the_same_id_and_another_leg_another()
    {
        var batch = new OutboxBatch(TypedId.NewGuid(TimeProvider.System));
        var failed = new DebitFailed(
            TenantId.Default,
            TransactionId.New(TimeProvider.System),
            1,
            AccountId.New(TimeProvider.System),
            FailureReason.Expired,
            At
        );
        batch.Add(failed);
        batch.Add(failed);
        batch.Add(failed with { Leg = 2 });

        Assert.Equal(batch.Messages[0].Id, batch.Messages[1].Id);
        Assert.NotEqual(batch.Messages[0].Id, batch.Messages[2].Id);
        Assert.Equal(DebitFailed.TopicName, batch.Messages[0].Topic);
    }

    [Fact]
    public void A_consumed_body_reads_as_the_event_that_was_sent_and_garbage_is_poison()
    {
        var sent = new DebitFailed(
            TenantId.Default,
            TransactionId.New(TimeProvider.System),
            1,
            AccountId.New(TimeProvider.System),
            FailureReason.AccountFrozen,
            At
        );
        var batch = new OutboxBatch(TypedId.NewGuid(TimeProvider.System));
        batch.Add(sent);

        Assert.Equal(sent, Consumed(batch.Messages[0].Body).Read<DebitFailed>());
        Assert.Throws<PoisonMessageException>(() => Consumed("{\"transactionId\":7}"u8.ToArray()).Read<DebitFailed>());
        Assert.Throws<PoisonMessageException>(() => Consumed("null"u8.ToArray()).Read<DebitFailed>());

        static ConsumedMessage Consumed(byte[] body) =>
            new()
            {
                Topic = DebitFailed.TopicName,
                Partition = 0,
                Offset = 0,
                Key = "k",
                Id = "i",
                Time = At,
                Body = body,
            };
    }
}
