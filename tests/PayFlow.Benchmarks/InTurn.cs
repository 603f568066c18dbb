namespace PayFlow.Benchmarks;

/// <summary>
/// Groups that share one start of the product: one that fails takes away what comes after it, and nothing of what was
/// before.
/// </summary>
internal static class InTurn
{
    /// <summary>Measures each group, and looks at the product after it, until one fails.</summary>
    /// <param name="findBrokenAsync">What is wrong with the product by then, in words; null if nothing is.</param>
    /// <returns>
    /// What groups found that were measured whole and left the product sound; and which the others are, and why, or
    /// null if there are none.
    /// </returns>
    public static async Task<(IReadOnlyList<T> Whole, string? Failure)> MeasureAsync<T>(
        IReadOnlyList<(string Name, Func<Task<IReadOnlyList<T>>> MeasureAsync)> groups,
        Func<Task<string?>> findBrokenAsync
    )
    {
        var whole = new List<T>();
        for (var i = 0; i < groups.Count; i++)
        {
            string? failure;
            try
            {
                var measured = await groups[i].MeasureAsync();
                failure = await findBrokenAsync();
                if (failure is null)
                    whole.AddRange(measured);
            }
            catch (Exception thrown)
            {
                failure = thrown.ToString();
            }

            if (failure is not null)
                return (whole, $"{string.Join(", ", groups.Skip(i).Select(group => group.Name))}: {failure}");
        }

        return (whole, null);
    }
}
