using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PayFlow.Benchmarks;

/// <summary>The figures as people and as programs read them.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public static string Markdown(IEnumerable<Figure> figures)
    {
        var table = new StringBuilder(
            "| figure | value | pgbench | ratio | bar | broker |\n|---|---:|---:|---:|---|---|\n"
        );
        foreach (var figure in figures)
        {
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {figure.Name} | {Number(figure.Value)} {figure.Unit} | "
                    + $"{(figure.Pgbench is { } tps ? $"{tps:0} /s" : "")} | "
                    + $"{(figure.Ratio is { } ratio ? $"{ratio:0.00}" : "")} | {figure.Bar} | {figure.Broker} |\n"
            );
        }

        return table.ToString();
    }

    public static string Json(IEnumerable<Figure> figures) =>
        JsonSerializer.Serialize(
            new
            {
                figures = figures.Select(figure => new
                {
                    figure.Name,
                    figure.Value,
                    figure.Unit,
                    figure.Pgbench,
                    figure.Ratio,
                    figure.Broker,
                }),
            },
            Layout
        );

    private static string Number(double value) =>
        value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
