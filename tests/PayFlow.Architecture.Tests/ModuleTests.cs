using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace PayFlow.Architecture.Tests;

/// <summary>
/// A folder of the first level in a project is a module. Modules depend on each other in one direction. Data is none:
/// it gathers the modules' rows to one model, as Program.cs gathers the modules to one service.
/// </summary>
public sealed class ModuleTests
{
    internal static Assembly[] Projects { get; } =
    [
        typeof(Accounts.Data.AccountsDbContext).Assembly,
        typeof(Notifications.Data.NotificationsDbContext).Assembly,
        typeof(ServiceDefaults.BatchScheduling).Assembly,
        typeof(Transactions.Data.TransactionsDbContext).Assembly,
        typeof(Web.Gateway.Gateway).Assembly,
    ];

    [Fact]
    public void No_modules_depend_on_each_other_in_a_circle() => Assert.Empty(Projects.SelectMany(Circles));

    private sealed record Edge(string From, string To);

    private static IEnumerable<string> Circles(Assembly project)
    {
        var root = project.GetName().Name!;
        var edges = new ArchLoader()
            .LoadAssembly(project)
            .Build()
            .Types.SelectMany(type => type.Dependencies)
            .Select(use => new Edge(Module(use.Origin, root), Module(use.Target, root)))
            .Where(edge => edge.From is not ("" or "Data") && edge.To.Length > 0 && edge.From != edge.To)
            .ToHashSet();
        var uses = edges.ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);
        return edges
            .Where(edge => Reaches(uses, edge.To, edge.From))
            .Select(edge => $"{root}: {edge.From} uses {edge.To}");
    }

    /// <returns>"" for a type of another project.</returns>
    private static string Module(IType? type, string root) =>
        type?.FullName is { } name && name.StartsWith(root + ".", StringComparison.Ordinal)
            ? name[(root.Length + 1)..] is var rest && rest.IndexOf('.', StringComparison.Ordinal) is > 0 and var end
                ? rest[..end]
                : ""
            : "";

    private static bool Reaches(ILookup<string, string> uses, string from, string to)
    {
        var (seen, next) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([from]));
        while (next.TryPop(out var module))
        {
            if (module == to)
                return true;
            if (!seen.Add(module))
                continue;
            foreach (var used in uses[module])
                next.Push(used);
        }

        return false;
    }
}
