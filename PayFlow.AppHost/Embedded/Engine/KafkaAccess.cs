using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Gives the services their users and rights on an Apache Kafka that just started. What is there already stays as it
/// is.
/// </summary>
internal static class KafkaAccess
{
    private const int Iterations = 4096;

    /// <param name="connection">The administrator's.</param>
    /// <param name="password">Of a service.</param>
    /// <exception cref="KafkaException">The broker does not answer, or refuses it.</exception>
    public static async Task GrantAsync(string connection, Func<string, string> password)
    {
        using var admin = new AdminClientBuilder(KafkaConnection.Parse(connection).ApplyTo(new AdminClientConfig()))
            .SetLogHandler((_, _) => { })
            .Build();
        await admin.AlterUserScramCredentialsAsync(
            BrokerAccess.Services.Select(service => new UserScramCredentialUpsertion
            {
                User = service,
                Password = Encoding.UTF8.GetBytes(password(service)),
                ScramCredentialInfo = new ScramCredentialInfo
                {
                    Mechanism = ScramMechanism.ScramSha512,
                    Iterations = Iterations,
                },
            })
        );
        await admin.CreateAclsAsync(
            BrokerAccess.Services.SelectMany(service =>
                BrokerAccess.Of(service).SelectMany(right => Bindings(service, right))
            )
        );
    }

    private static IEnumerable<AclBinding> Bindings(string service, BrokerRight right) =>
        right.Operations.Select(operation => new AclBinding
        {
            Pattern = new ResourcePattern
            {
                Type = right.Kind == BrokerAccess.Topic ? ResourceType.Topic : ResourceType.Group,
                Name = right.Name,
                ResourcePatternType = ResourcePatternType.Literal,
            },
            Entry = new AccessControlEntry
            {
                Principal = "User:" + service,
                Host = "*",
                Operation = Enum.Parse<AclOperation>(operation),
                PermissionType = AclPermissionType.Allow,
            },
        });
}
