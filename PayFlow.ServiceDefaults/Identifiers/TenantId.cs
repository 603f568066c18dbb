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

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TenantId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
