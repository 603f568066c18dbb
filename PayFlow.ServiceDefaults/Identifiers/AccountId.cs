using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>An account of the ledger.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<AccountId>))]
public readonly record struct AccountId(Guid Value) : ITypedId<AccountId>, IParsable<AccountId>
{
    public static AccountId From(Guid value) => new(value);

    public static AccountId New(TimeProvider clock) => ITypedId<AccountId>.New(clock);

    public static AccountId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AccountId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
