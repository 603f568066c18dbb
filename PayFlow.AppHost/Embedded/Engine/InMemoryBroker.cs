using System.Diagnostics;
using System.Globalization;

namespace PayFlow.AppHost.Embedded;

internal sealed class InMemoryBroker : MessageBroker
{
    public override string Title => "in-memory broker (KAFKA_HOME=DIR runs an Apache Kafka instead)";

    public override ProcessStartInfo Describe(int port) =>
        Subcommands.Describe("in-memory-kafka", port.ToString(CultureInfo.InvariantCulture));
}
