using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>One notification for one party.</summary>
[JsonConverter(typeof(TypedIdJsonConverter<NotificationId>))]
public readonly record struct NotificationId(Guid Value) : ITypedId<NotificationId>, IParsable<NotificationId>
{
    public static NotificationId From(Guid value) => new(value);

    public static NotificationId New(TimeProvider clock) => ITypedId<NotificationId>.New(clock);

    public static NotificationId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NotificationId result) =>
        TypedId.TryParse(s, out result);

    public override string ToString() => Value.ToString();
}
