namespace PayFlow.EndToEnd.Tests;

/// <summary>docs/access.md, which says who may do what.</summary>
internal static class AccessPage
{
    /// <param name="heading">Of the first column of the tables that are read.</param>
    /// <returns>Who gets what answer, by route.</returns>
    public static Dictionary<string, Dictionary<string, string>> Read(string heading = "Route")
    {
        var page = Path.Combine(
            RunningPayFlow.AppHostAssembly[
                ..RunningPayFlow.AppHostAssembly.LastIndexOf("PayFlow.AppHost/", StringComparison.Ordinal)
            ],
            "docs/access.md"
        );
        var table = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        string[] names = [];
        foreach (var line in File.ReadLines(page).Where(line => line.StartsWith('|')))
        {
            var cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (cells[0] is "Route" or "Internal route")
                names = cells;
            else if (!cells[0].StartsWith('-') && names[0] == heading)
                table.Add(
                    cells[0].Trim('`'),
                    names
                        .Zip(cells)
                        .Skip(1)
                        .ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal)
                );
        }

        return table;
    }
}
