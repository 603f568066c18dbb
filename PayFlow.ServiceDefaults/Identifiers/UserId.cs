using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>A login. It acts for one party.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<UserId>))]
public readonly record struct UserId(Guid Value) : ITypedId<UserId>, IParsable<UserId>
{
    public static UserId From(Guid value) => new(value);

    public static UserId New(TimeProvider clock) => ITypedId<UserId>.New(clock);

    public static UserId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out UserId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
