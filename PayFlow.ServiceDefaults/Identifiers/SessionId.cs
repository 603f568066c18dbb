using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>One sign-in of a user on one device, until it is ended.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<SessionId>))]
public readonly record struct SessionId(Guid Value) : ITypedId<SessionId>, IParsable<SessionId>
{
    public static SessionId From(Guid value) => new(value);

    public static SessionId New(TimeProvider clock) => ITypedId<SessionId>.New(clock);

    public static SessionId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SessionId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
