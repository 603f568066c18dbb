namespace PayFlow.Notifications.Email;

/// <summary>
/// Domains that RFC 2606 and RFC 6761 keep for examples and tests. No mailbox is there, and bounces of a load test's
/// people would cost the sender its reputation.
/// </summary>
public static class ReservedDomains
{
    private static readonly string[] Names =
    [
        "example",
        "test",
        "invalid",
        "localhost",
        "example.com",
        "example.net",
        "example.org",
    ];

    public static bool Has(string address)
    {
        var domain = address[(address.LastIndexOf('@') + 1)..].TrimEnd('.');
        return Names.Any(name =>
            domain.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (domain.Length == name.Length || domain[^(name.Length + 1)] == '.')
        );
    }
}
