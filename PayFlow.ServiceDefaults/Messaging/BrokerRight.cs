namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>What a service may do on the broker: one entry of its access list.</summary>
/// <param name="Kind"><c>topic</c> or <c>group</c>.</param>
/// <param name="Operations">By Kafka's names, in alphabetical order. Read and Write include Describe.</param>
public sealed record BrokerRight(string Kind, string Name, params string[] Operations);
