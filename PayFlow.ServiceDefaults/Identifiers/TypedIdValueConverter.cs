using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>Stores a typed id in a <c>uuid</c> column.</summary>
public sealed class TypedIdValueConverter<TId>() : ValueConverter<TId, Guid>(id => id.Value, value => FromGuid(value))
    where TId : struct, ITypedId<TId>
{
    private static TId FromGuid(Guid value) => TId.From(value);
}
