using System.Globalization;
using PayFlow.Benchmarks;

if (args is [WrongPasswords.Argument]) return await WrongPasswords.RunAsync();
if (Options.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(Options.Usage);
    return 2;
}

var figures = new List<Figure>();
foreach (var kafkaHome in options.Brokers)
{
    await using var payflow = await RunningPayFlow.StartAsync(kafkaHome);
    await Console.Error.WriteLineAsync($"PayFlow runs on {payflow.Broker}; {(options.Storm ? nameof(SignInStorm) : nameof(IdleLatency))} for {options.Window.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
    var people = await People.OpenAsync(payflow, payers: 10, payees: 10);
    var measured = options.Storm ? await SignInStorm.MeasureAsync(payflow, people, options.Window) : await IdleLatency.MeasureAsync(payflow, people, options.Window);
    if (await Invariants.FindBrokenAsync(payflow) is { } broken)
    {
        await Console.Error.WriteLineAsync($"No figure on {payflow.Broker}: {broken}");
        return 1;
    }

    figures.AddRange(measured);
}

await Console.Out.WriteLineAsync(Report.Table(figures));
if (options.Json is not null) await File.WriteAllTextAsync(options.Json, Report.Json(figures));
return 0;
