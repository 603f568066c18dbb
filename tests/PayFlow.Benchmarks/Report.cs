using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PayFlow.Benchmarks;

/// <summary>The figures as people and as programs read them.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public static string Table(IEnumerable<Figure> figures)
    {
        var table = new StringBuilder("| figure | value | bar | broker |\n|---|---:|---:|---|\n");
        foreach (var figure in figures)
        {
            var bar = figure.Bar is { } most ? string.Create(CultureInfo.InvariantCulture, $"≤ {most} {figure.Unit}") : "";
            table.Append(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Value:0.0} {figure.Unit} | {bar} | {figure.Broker} |\n");
        }

        return table.ToString();
    }

    public static string Json(IEnumerable<Figure> figures) =>
        JsonSerializer.Serialize(new { figures = figures.Select(figure => new { figure.Name, figure.Value, figure.Unit, figure.Broker }) }, Layout);
}
