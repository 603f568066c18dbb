using Microsoft.OpenApi;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>The groups of operations, in the order of the reference.</summary>
internal static class ApiTags
{
    private static readonly (string Name, string Text)[] All =
    [
        ("Sign-in", "Signing up and in, sessions, passwords, the payment PIN and the second factor."),
        ("Accounts", "Accounts with their balances and entries, and the look-up of payees."),
        ("Transactions", "Payments, refunds and their history."),
        ("Holds", "Money that is set aside for a payee and captured later."),
        ("Limits", "How much a person may send in a payment, a day and a month."),
        ("Notifications", "What a person was told, and by which channels."),
        ("People", "For staff: logins, their roles, tiers and locks."),
        ("Adjustments", "For staff: corrections that wait for a second admin."),
        ("Ledger", "For staff: the proof that debits and credits are equal."),
        ("Reconciliation", "For staff: whether the record of payments and the ledger agree."),
        ("Audit", "For staff: the audit logs, and the proof that nobody changed them."),
        ("Parked messages", "For staff: messages that could not be handled."),
    ];

    /// <summary>The id of an operation that every service has, such as <c>listAccountsAudit</c>.</summary>
    public static string IdFor(string verb, string service, string what) =>
        $"{verb}{char.ToUpperInvariant(service[0])}{service[1..]}{what}";

    public static void Describe(OpenApiDocument document)
    {
        var used = document.Tags?.Select(tag => tag.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        document.Tags = new HashSet<OpenApiTag>(
            All.Where(tag => used.Contains(tag.Name))
                .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Text })
        );
    }
}
