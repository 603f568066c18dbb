namespace PayFlow.EndToEnd.Tests;

[Collection(InMemoryKafkaCollection.Name)]
public sealed class ForgedMessageTests(OnInMemoryKafka payflow) : ForgedMessages(payflow)
{
    [Fact]
    public Task A_forged_command_moves_no_money_and_is_parked_and_counted() => MovesNoMoneyAsync();

    [Fact]
    public Task A_forged_answer_of_the_ledger_settles_nothing_and_is_parked_and_counted() => SettlesNothingAsync();

    [Fact]
    public Task A_forged_message_to_listeners_ends_no_session_and_is_counted() => EndsNoSessionAsync();

    [Fact]
    public Task Whatever_a_group_reads_is_refused_before_its_body_is_read() => NothingIsReadAsync();
}
