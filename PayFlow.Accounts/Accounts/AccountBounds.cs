namespace PayFlow.Accounts.Accounts;

/// <summary>
/// How many accounts a person may open, from configuration (<c>AccountBounds</c>). Without a bound one person opens and
/// closes accounts without end, and every list of theirs grows with each.
/// </summary>
public sealed class AccountBounds
{
    /// <summary>Within 24 hours, closed ones among them.</summary>
    public int Day { get; set; } = 5;

    /// <summary>Ever, closed ones among them.</summary>
    public int Total { get; set; } = 50;

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public static AccountBounds From(IConfiguration configuration)
    {
        var bounds =
            configuration
                .GetSection("AccountBounds")
                .Get<AccountBounds>(binder => binder.ErrorOnUnknownConfiguration = true)
            ?? new AccountBounds();
        if (bounds.Day < 1)
            throw new InvalidOperationException("AccountBounds:Day is 1 or more.");
        if (bounds.Total < 1)
            throw new InvalidOperationException("AccountBounds:Total is 1 or more.");
        return bounds;
    }
}
