using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>A UUID that names one kind of thing, so that an account's id cannot be passed for a transaction's.</summary>
public interface ITypedId<TSelf>
    where TSelf : struct, ITypedId<TSelf>
{
    Guid Value { get; }

    static abstract TSelf From(Guid value);

    /// <summary>A new version 7 id: ids made later sort later, to the millisecond.</summary>
    static TSelf New(TimeProvider clock) => TSelf.From(TypedId.NewGuid(clock));
}

public static class TypedId
{
    public static Guid NewGuid(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow());

    public static bool TryParse<TId>([NotNullWhen(true)] string? text, out TId id)
        where TId : struct, ITypedId<TId>
    {
        id = default;
        if (!Guid.TryParseExact(text, "D", out var value)) return false;
        id = TId.From(value);
        return true;
    }
}

public sealed class TypedIdJsonConverter<TId> : JsonConverter<TId>
    where TId : struct, ITypedId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var value) ? TId.From(value) : throw new JsonException("An id is a UUID.");

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>Stores a typed id in a <c>uuid</c> column.</summary>
public sealed class TypedIdValueConverter<TId>() : ValueConverter<TId, Guid>(id => id.Value, value => FromGuid(value))
    where TId : struct, ITypedId<TId>
{
    private static TId FromGuid(Guid value) => TId.From(value);
}
