using System.Reflection;
using System.Runtime.CompilerServices;
using PayFlow.Tests;

namespace PayFlow.Architecture.Tests;

/// <summary>Code that a reader can take in: lines that fit, and methods that ask for few things.</summary>
public sealed class CodeTests
{
    private const int Columns = 120;
    private const int Parameters = 6;

    [Fact]
    public void No_line_is_wider_than_120_columns() =>
        Assert.Empty(
            Sources()
                .SelectMany(file => File.ReadLines(file).Select((line, at) => (file, line, Number: at + 1)))
                .Where(read => read.line.Length > Columns)
                .Select(read => $"{Relative(read.file)}:{read.Number}")
        );

    [Fact]
    public void No_method_takes_more_than_six_parameters() =>
        Assert.Empty(
            ModuleTests
                .Projects.SelectMany(project => project.GetTypes())
                .Where(type => !IsGenerated(type))
                .SelectMany(type => type.GetMethods(Declared))
                .Where(method => method.GetParameters().Length > Parameters && !IsGenerated(method))
                .Select(method => $"{method.DeclaringType!.FullName}.{method.Name}")
        );

    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Static
        | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    /// <summary>By the compiler, or of a record, whose own members say what it is made of.</summary>
    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || member.Name is "Deconstruct"
        || (member as TypeInfo)?.Namespace?.StartsWith("__Blazor", StringComparison.Ordinal) == true
        || member.Name.Contains('<', StringComparison.Ordinal)
        || (member as TypeInfo)?.DeclaringType is { } outer && IsGenerated(outer);

    private static readonly string[] Extensions = [".cs", ".razor", ".css", ".js", ".sh"];

    /// <summary>Every hand-written source. Migrations are generated.</summary>
    private static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(Checkout.Root, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal))
            .Where(file =>
                !Relative(file)
                    .Split('/')
                    .Any(part => part is "obj" or "bin" or "Migrations" or "node_modules" || part.StartsWith('.'))
            );

    private static string Relative(string file) => Path.GetRelativePath(Checkout.Root, file);
}
