using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>A tenant: an operator's own world of people, accounts and money.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<TenantId>))]
public readonly record struct TenantId(Guid Value) : ITypedId<TenantId>, IParsable<TenantId>
{
    /// <summary>The one tenant of today; every table, event and unique key already carries it.</summary>
    public static TenantId Default { get; } = new(new Guid("00000000-0000-7000-8000-000000000001"));

    public static TenantId From(Guid value) => new(value);

    public static TenantId New(TimeProvider clock) => ITypedId<TenantId>.New(clock);

    public static TenantId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TenantId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}

/// <summary>A person or a business; accounts belong to parties, not to logins.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<PartyId>))]
public readonly record struct PartyId(Guid Value) : ITypedId<PartyId>, IParsable<PartyId>
{
    public static PartyId From(Guid value) => new(value);

    public static PartyId New(TimeProvider clock) => ITypedId<PartyId>.New(clock);

    public static PartyId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PartyId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}

/// <summary>An account of the ledger.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<AccountId>))]
public readonly record struct AccountId(Guid Value) : ITypedId<AccountId>, IParsable<AccountId>
{
    public static AccountId From(Guid value) => new(value);

    public static AccountId New(TimeProvider clock) => ITypedId<AccountId>.New(clock);

    public static AccountId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AccountId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}

/// <summary>A transaction, from its acceptance to its end.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<TransactionId>))]
public readonly record struct TransactionId(Guid Value) : ITypedId<TransactionId>, IParsable<TransactionId>
{
    public static TransactionId From(Guid value) => new(value);

    public static TransactionId New(TimeProvider clock) => ITypedId<TransactionId>.New(clock);

    public static TransactionId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TransactionId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}

/// <summary>One notification for one party.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<NotificationId>))]
public readonly record struct NotificationId(Guid Value) : ITypedId<NotificationId>, IParsable<NotificationId>
{
    public static NotificationId From(Guid value) => new(value);

    public static NotificationId New(TimeProvider clock) => ITypedId<NotificationId>.New(clock);

    public static NotificationId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NotificationId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}

/// <summary>A login. It acts for one party.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<UserId>))]
public readonly record struct UserId(Guid Value) : ITypedId<UserId>, IParsable<UserId>
{
    public static UserId From(Guid value) => new(value);

    public static UserId New(TimeProvider clock) => ITypedId<UserId>.New(clock);

    public static UserId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out UserId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}

/// <summary>One sign-in of a user on one device, until it is ended.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<SessionId>))]
public readonly record struct SessionId(Guid Value) : ITypedId<SessionId>, IParsable<SessionId>
{
    public static SessionId From(Guid value) => new(value);

    public static SessionId New(TimeProvider clock) => ITypedId<SessionId>.New(clock);

    public static SessionId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SessionId result) => TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
