using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>
/// The access lists of both profiles are those that follow from the topics, and these are no wider than they must be.
/// </summary>
public sealed class BrokerAccessTests
{
    [Fact]
    public void The_single_broker_s_lists_are_the_model_s() =>
        Assert.Equal(
            BrokerAccess.Services.SelectMany(service =>
                BrokerAccess
                    .Of(service)
                    .Select(right => $"{service} {right.Kind} {right.Name} {string.Join(' ', right.Operations)}")
            ),
            Read("kafka-single/access.txt").Where(line => !line.StartsWith('#'))
        );

    [Fact]
    public void Strimzi_s_users_are_the_model_s()
    {
        var users = string.Join('\n', Read("kafka-strimzi/users.yaml").Where(line => !line.StartsWith('#')))
            .Split("\n---\n");
        Assert.Equal(BrokerAccess.Services.Select(User), users);
    }

    /// <summary>Web faces the internet: it reads what screens show and can change nothing.</summary>
    [Fact]
    public void Web_writes_nothing_and_reads_no_command() =>
        Assert.All(
            BrokerAccess.Of(Topics.Web),
            right =>
            {
                Assert.Equal([right.Kind == BrokerAccess.Topic ? "Read" : "Describe"], right.Operations);
                Assert.DoesNotContain(
                    right.Name,
                    (string[])
                        [
                            TransactionInitiated.TopicName,
                            PostingRequested.TopicName,
                            NotificationRequest.TopicName,
                            AuditHead.TopicName,
                        ]
                );
            }
        );

    [Fact]
    public void A_command_to_the_ledger_has_one_writer_and_what_the_ledger_answers_too()
    {
        Assert.All(
            Topics.All.Where(topic => topic.Consumers.Contains(Topics.Accounts, StringComparer.Ordinal)),
            topic => Assert.Equal([Topics.Transactions], topic.Writers)
        );
        Assert.All(
            Topics.All.Where(topic => topic.Consumers.Contains(Topics.Transactions, StringComparer.Ordinal)),
            topic => Assert.Equal([Topics.Accounts], topic.Writers)
        );
    }

    private static string User(string service) =>
        """
            apiVersion: kafka.strimzi.io/v1
            kind: KafkaUser
            metadata:
              name: SERVICE
              labels: {strimzi.io/cluster: messaging}
            spec:
              authentication: {type: scram-sha-512, password: PASSWORD}
              authorization:
                type: simple
                acls:

            """
            .Replace(
                "PASSWORD",
                "{valueFrom: {secretKeyRef: {name: messaging-users, key: SERVICE}}}",
                StringComparison.Ordinal
            )
            .Replace("SERVICE", service, StringComparison.Ordinal)
        + string.Join('\n', BrokerAccess.Of(service).Select(Acl));

    private static string Acl(BrokerRight right) =>
        $"    - {{resource: {{type: {right.Kind}, name: {right.Name}}}, operations: "
        + $"[{string.Join(", ", right.Operations)}]}}";

    private static string[] Read(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); ; folder = folder.Parent!)
        {
            var path = Path.Combine(folder.FullName, "deploy", "k3s", file);
            if (File.Exists(path))
                return File.ReadAllLines(path);
        }
    }
}
