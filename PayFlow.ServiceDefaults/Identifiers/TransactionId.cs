using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>A transaction, from its acceptance to its end.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<TransactionId>))]
public readonly record struct TransactionId(Guid Value) : ITypedId<TransactionId>, IParsable<TransactionId>
{
    public static TransactionId From(Guid value) => new(value);

    public static TransactionId New(TimeProvider clock) => ITypedId<TransactionId>.New(clock);

    public static TransactionId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TransactionId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
