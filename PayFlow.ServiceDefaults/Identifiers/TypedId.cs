using System.Diagnostics.CodeAnalysis;

namespace PayFlow.ServiceDefaults.Identifiers;

public static class TypedId
{
    public static Guid NewGuid(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow());

    public static bool TryParse<TId>([NotNullWhen(true)] string? text, out TId id)
        where TId : struct, ITypedId<TId>
    {
        id = default;
        if (!Guid.TryParseExact(text, "D", out var value))
            return false;
        id = TId.From(value);
        return true;
    }
}
