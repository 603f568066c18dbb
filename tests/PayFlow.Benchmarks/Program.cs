using PayFlow.Benchmarks;
using PayFlow.Benchmarks.Product;

if (Options.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(Options.Usage);
    return 2;
}

var (figures, exitCode) = (new List<Figure>(), 0);
foreach (var kafkaHome in options.Brokers)
{
    foreach (var groups in options.Starts)
    {
        var names = string.Join(", ", groups.Select(group => group.Name));
        try
        {
            await using var payflow = await RunningPayFlow.StartAsync(
                kafkaHome,
                RunningPayFlow.PortBase,
                groups[0].Setting?.Split(' ') ?? []
            );
            await Console.Error.WriteLineAsync(
                $"{names} on {payflow.Broker}, {options.Window.TotalSeconds:0} s a "
                    + $"figure{(groups[0].Setting is { } setting ? $", with {setting}" : "")}"
            );
            var pgbench = new Pgbench(payflow, options.PgbenchWindow);
            var scales = groups.SelectMany(group => group.Scales).Distinct().ToList();
            // By the first group that needs it, so that what it fails by is told like any group's failure.
            var prepared = new Lazy<Task<Run>>(async () =>
            {
                var people = await People.OpenAsync(
                    payflow,
                    groups.Max(group => group.Payers),
                    groups.Max(group => group.Payees)
                );
                foreach (var scale in scales)
                    await pgbench.RunAsync(scale);
                return new Run(payflow, people, options.Window);
            });
            var (whole, failure) = await InTurn.MeasureAsync<Figure>(
                [
                    .. groups.Select(group =>
                        (
                            group.Name,
                            (Func<Task<IReadOnlyList<Figure>>>)(
                                async () => await group.MeasureAsync(await prepared.Value)
                            )
                        )
                    ),
                ],
                () => Invariants.FindBrokenAsync(payflow)
            );
            if (failure is not null)
            {
                exitCode = 1;
                await Console.Error.WriteLineAsync(
                    $"No figure of {failure}\nOn {payflow.Broker}; the product's last words:\n{payflow.LastWords()}"
                );
            }

            if (whole.Count > 0)
            {
                foreach (var scale in scales)
                    await pgbench.RunAsync(scale);
                figures.AddRange(whole.Select(figure => figure.Beside(pgbench)));
            }
        }
        catch (Exception failure)
        {
            // The product does not start or end, or its yardstick cannot be measured again. The next start has another.
            exitCode = 1;
            await Console.Error.WriteLineAsync($"{names}: {failure}");
        }
    }
}

await Console.Out.WriteLineAsync(Report.Markdown(figures));
if (options.Json is not null)
    await File.WriteAllTextAsync(options.Json, Report.Json(figures));
if (options.Markdown is not null)
    await File.WriteAllTextAsync(options.Markdown, Report.Markdown(figures));
return exitCode;
