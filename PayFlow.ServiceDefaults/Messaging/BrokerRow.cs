namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>The broker that the outbox was last published to. One row.</summary>
public sealed class BrokerRow
{
    public int Id { get; init; }

    public string Identity { get; set; } = "";

    public DateTimeOffset SeenAt { get; set; }
}
