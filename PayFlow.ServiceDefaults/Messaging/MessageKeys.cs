using Microsoft.Extensions.Configuration;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Section <c>MessageKeys</c> of the configuration. A key belongs to the services that read with it, and their writers
/// hold it as well. The ledger's is held by Accounts and Transactions alone, so Notifications, which reads and writes
/// less, cannot sign as they do. The listeners' is held by all services, Web among them, and opens nothing else. Each
/// value is one key, or several with commas between them: all are accepted, and the first one signs.
/// </summary>
public sealed class MessageKeys
{
    /// <summary>For what Accounts and Transactions read.</summary>
    public const string Ledger = "Ledger";

    /// <summary>For what Notifications reads.</summary>
    public const string Notifications = "Notifications";

    /// <summary>For listeners, which every replica has: open screens, caches, revoked sessions.</summary>
    public const string Live = "Live";

    public const int MinLength = 32;

    private readonly Dictionary<string, IReadOnlyList<MessageKey>> _keys;

    private MessageKeys(Dictionary<string, IReadOnlyList<MessageKey>> keys) => _keys = keys;

    /// <exception cref="InvalidOperationException">A key is too short. Its text is not repeated.</exception>
    public static MessageKeys From(IConfiguration configuration) =>
        new(
            ((string[])[Ledger, Notifications, Live]).ToDictionary(
                name => name,
                name => Read(name, configuration["MessageKeys:" + name]),
                StringComparer.Ordinal
            )
        );

    /// <summary>The key that a service's groups read with.</summary>
    internal static string NameOf(string service) => service == Topics.Notifications ? Notifications : Ledger;

    /// <summary>The keys that a topic's messages are signed with for groups.</summary>
    internal static IEnumerable<string> NamesFor(Topic topic) =>
        topic.Consumers.Select(NameOf).Distinct(StringComparer.Ordinal);

    /// <summary>The key that signs; null where there is none.</summary>
    internal MessageKey? First(string name) => _keys[name].Count > 0 ? _keys[name][0] : null;

    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal IReadOnlyList<MessageKey> Required(string name) =>
        _keys[name].Count > 0 ? _keys[name] : throw Missing(name);

    private static IReadOnlyList<MessageKey> Read(string name, string? value)
    {
        var texts = (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(texts, text => text.Length >= MinLength)
            ? [.. texts.Select(text => MessageKey.Of(name, text))]
            : throw Missing(name);
    }

    private static InvalidOperationException Missing(string name) =>
        new(
            $"MessageKeys__{name} needs random text of {MinLength} characters and more, the same for every service "
                + "that has it. "
                + "PayFlow.AppHost gives one; docs/deploy.md says how a cluster gets it."
        );
}
