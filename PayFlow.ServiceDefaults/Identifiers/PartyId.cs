using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>A person or a business; accounts belong to parties, not to logins.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<PartyId>))]
public readonly record struct PartyId(Guid Value) : ITypedId<PartyId>, IParsable<PartyId>
{
    public static PartyId From(Guid value) => new(value);

    public static PartyId New(TimeProvider clock) => ITypedId<PartyId>.New(clock);

    public static PartyId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PartyId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
