namespace PayFlow.Architecture.Tests;

/// <summary>
/// What breaks a rule and is known: a line each, in a file beside the tests. A list only gets shorter. What is mended
/// must be taken off it, or it could come back unseen.
/// </summary>
internal static class Known
{
    public static void AssertIs(string file, IEnumerable<string> found)
    {
        var (known, now) = (Read(file), found.ToHashSet(StringComparer.Ordinal));
        var (added, mended) = (now.Except(known).Order().ToList(), known.Except(now).Order().ToList());
        Assert.True(added.Count == 0, $"This breaks the rule:\n{string.Join('\n', added)}");
        Assert.True(mended.Count == 0, $"This is mended, so take it off {file}:\n{string.Join('\n', mended)}");
    }

    private static HashSet<string> Read(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, file))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .ToHashSet(StringComparer.Ordinal);
}
