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
    foreach (var group in options.Groups)
    {
        // Each on fresh data: what one leaves behind must not slow the next one down.
        await using var payflow = await RunningPayFlow.StartAsync(kafkaHome, group.Setting);
        await Console.Error.WriteLineAsync($"{group.Name} on {payflow.Broker}, {options.Window.TotalSeconds:0} s a figure{(group.Setting is null ? "" : $", with {group.Setting}")}");
        var people = await People.OpenAsync(payflow, group.Payers, group.Payees);
        IReadOnlyList<Figure> measured;
        try
        {
            measured = await group.MeasureAsync(new Run(payflow, people, new Pgbench(payflow, options.PgbenchWindow), options.Window));
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"No figure of {group.Name} on {payflow.Broker}: {failure}\nThe product's last words:\n{payflow.LastWords()}");
            return 1;
        }

        if (await Invariants.FindBrokenAsync(payflow) is { } broken)
        {
            await Console.Error.WriteLineAsync($"No figure of {group.Name} on {payflow.Broker}: {broken}");
            return 1;
        }

        figures.AddRange(measured);
    }
}

await Console.Out.WriteLineAsync(Report.Markdown(figures));
if (options.Json is not null) await File.WriteAllTextAsync(options.Json, Report.Json(figures));
if (options.Markdown is not null) await File.WriteAllTextAsync(options.Markdown, Report.Markdown(figures));
return 0;
