namespace PayFlow.Web.Api;

/// <summary>An account as Accounts shows it to its holder; amounts are decimal strings.</summary>
/// <param name="OwnerId">The person behind it, to whom notifications go; null where Accounts does not say.</param>
/// <param name="FrozenBy"><c>holder</c> or <c>operator</c>; null while it is not frozen.</param>
public sealed record Account(
    Guid Id, string AccountNumber, string HolderName, string? Email, string? Handle, string Currency, string Balance, string Held, string Available, string Status, long Version, Guid? OwnerId = null, string? FrozenBy = null);

/// <summary>A snapshot of an account's money. The highest <paramref name="Version"/> is the truth; snapshots are never added up.</summary>
public sealed record Balance(string Available, string Held, string Currency, long Version);

/// <summary>What may be known of somebody to be paid.</summary>
/// <param name="IsClosed">They have closed their wallet: nothing can be paid into it.</param>
public sealed record Payee(Guid Id, string DisplayName, string? Handle, string MaskedNumber, string Currency, bool IsClosed = false);

/// <summary>What an account held at an instant, as a decimal string.</summary>
/// <param name="EntrySeq">How many entries it had by then; 0 before anything had happened in it.</param>
public sealed record PastBalance(string Balance, string Currency, long EntrySeq);

public sealed record TimelineStep(string Step, DateTimeOffset At, string? Service = null, string? Detail = null);

/// <summary>A payment as Transactions shows it. In lists it has no timeline.</summary>
public sealed record Transaction(
    Guid Id,
    string Type,
    string Status,
    Guid FromAccount,
    Guid ToAccount,
    string Amount,
    string Currency,
    DateTimeOffset CreatedAt,
    string? PendingReason = null,
    string? FromName = null,
    string? ToName = null,
    string? FromHandle = null,
    string? ToHandle = null,
    string? Note = null,
    string? FailureReason = null,
    DateTimeOffset? EndedAt = null,
    IReadOnlyList<TimelineStep>? Timeline = null)
{
    public const string Pending = "pending";
    public const string Completed = "completed";
    public const string Failed = "failed";

    public bool IsPending => Status == Pending;

    public bool IsTransfer => Type != "adjustment";

    public bool Pays(Guid account) => FromAccount == account;

    /// <summary>The other side, seen from <paramref name="account"/>.</summary>
    public (Guid Id, string Name, string? Handle) Other(Guid account) => Pays(account)
        ? (ToAccount, ToName ?? ToHandle ?? "Someone", ToHandle)
        : (FromAccount, FromName ?? FromHandle ?? "Someone", FromHandle);
}

public sealed record Notification(Guid Id, string Kind, string Title, string Body, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt = null, Guid? TransactionId = null);

public sealed record ListPage<T>(IReadOnlyList<T> Items, string? NextCursor, int Unread = 0);

/// <summary>What <c>POST /transactions</c> takes. The same draft always makes the same one.</summary>
public sealed record PaymentRequest(Guid FromAccount, Guid ToAccount, string Amount, string Currency, string? Note);

/// <summary>What <c>POST /auth/confirm</c> takes, to answer with a <see cref="Confirmation"/> of this one payment.</summary>
public sealed record ConfirmationRequest(Guid FromAccount, Guid ToAccount, string Amount, string Currency, string Pin);

/// <param name="Token">Goes with the payment, once.</param>
public sealed record Confirmation([property: System.Text.Json.Serialization.JsonPropertyName("confirmation")] string Token);

/// <summary>How much may be sent; <paramref name="Used"/> and <paramref name="ResetsAt"/> are null for a limit that is not used up.</summary>
public sealed record Limit(string Amount, string? Used, string Left, DateTimeOffset? ResetsAt);

/// <summary>What one account may still send: at once, today and this month.</summary>
/// <param name="ConfirmAbove">A payment of more than this needs the payment PIN now, as the first one to a payee
/// does.</param>
/// <param name="KnowsPayee">Whether the payee that was asked about was confirmed before; null where nobody was asked about.</param>
public sealed record AccountLimits(Guid AccountId, string Currency, Limit Transaction, Limit Day, Limit Month, string? ConfirmAbove = null, bool? KnowsPayee = null);

public sealed record LimitList(IReadOnlyList<AccountLimits> Items);

/// <summary>RFC 9457, as far as the wallet reads it.</summary>
/// <param name="Reason">Of <c>confirmation_required</c>: <c>amount</c>, <c>new_payee</c> or <c>day_sum</c>.</param>
/// <param name="TriesLeft">Of <c>wrong_pin</c> and <c>wrong_code</c>: the wrong tries before the next lock.</param>
/// <param name="LockedUntil">Of <c>too_many_tries</c>.</param>
public sealed record ApiProblem(
    string? Title = null, int Status = 0, string? Detail = null, string? Code = null, string? TraceId = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors = null, string? Reason = null,
    int? TriesLeft = null, DateTimeOffset? LockedUntil = null);
