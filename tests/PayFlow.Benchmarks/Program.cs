using PayFlow.Benchmarks;
using PayFlow.Benchmarks.Product;

if (Options.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(Options.Usage);
    return 2;
}

var figures = new List<Figure>();
foreach (var kafkaHome in options.Brokers)
{
    foreach (var groups in options.Starts)
    {
        var names = string.Join(", ", groups.Select(group => group.Name));
        await using var payflow = await RunningPayFlow.StartAsync(kafkaHome, RunningPayFlow.PortBase, groups[0].Setting is { } set ? [set] : []);
        await Console.Error.WriteLineAsync($"{names} on {payflow.Broker}, {options.Window.TotalSeconds:0} s a figure{(groups[0].Setting is { } setting ? $", with {setting}" : "")}");
        var measured = new List<Figure>();
        try
        {
            var people = await People.OpenAsync(payflow, groups.Max(group => group.Payers), groups.Max(group => group.Payees));
            var pgbench = new Pgbench(payflow, options.PgbenchWindow);
            var scales = groups.SelectMany(group => group.Scales).Distinct().ToList();
            foreach (var scale in scales) await pgbench.RunAsync(scale);
            var run = new Run(payflow, people, options.Window);
            foreach (var group in groups) measured.AddRange(await group.MeasureAsync(run));
            foreach (var scale in scales) await pgbench.RunAsync(scale);
            figures.AddRange(measured.Select(figure => figure.Beside(pgbench)));
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"No figure of {names} on {payflow.Broker}: {failure}\nThe product's last words:\n{payflow.LastWords()}");
            return 1;
        }

        if (await Invariants.FindBrokenAsync(payflow) is { } broken)
        {
            await Console.Error.WriteLineAsync($"No figure of {names} on {payflow.Broker}: {broken}");
            return 1;
        }
    }
}

await Console.Out.WriteLineAsync(Report.Markdown(figures));
if (options.Json is not null) await File.WriteAllTextAsync(options.Json, Report.Json(figures));
if (options.Markdown is not null) await File.WriteAllTextAsync(options.Markdown, Report.Markdown(figures));
return 0;
