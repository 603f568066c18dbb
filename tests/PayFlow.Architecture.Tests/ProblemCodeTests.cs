using System.Reflection;
using System.Text.RegularExpressions;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Tests;

namespace PayFlow.Architecture.Tests;

/// <summary>
/// Modules declare the problem codes that they answer. Here all of them are gathered: codes are read by programs and
/// titles by users.
/// </summary>
public sealed partial class ProblemCodeTests
{
    private const int MaxWords = 12;

    private static readonly ProblemCode[] Codes =
    [
        .. ModuleTests
            .Projects.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(ProblemCode))
            .Select(field => (ProblemCode)field.GetValue(null)!)
            .Union(ProblemCodes.OfFailures)
            .OrderBy(code => code.Status)
            .ThenBy(code => code.Code, StringComparer.Ordinal),
    ];

    public static TheoryData<string> Titles => [.. Codes.Select(code => code.Title)];

    [Fact]
    public void Every_code_is_declared_once()
    {
        Assert.True(Codes.Length > 40, $"Only {Codes.Length} codes were found.");
        Assert.Equal(Codes.Length, Codes.Select(code => code.Code).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void No_two_codes_share_a_title() =>
        Assert.Equal(Codes.Length, Codes.Select(code => code.Title).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [MemberData(nameof(Titles))]
    public void A_title_is_one_short_plain_sentence(string title)
    {
        Assert.Matches("^[A-Z][^.!?]*\\.$", title);
        Assert.InRange(title.Split(' ').Length, 1, MaxWords);
        Assert.DoesNotMatch(Dialect(), title);
    }

    [Fact]
    public void The_documentation_lists_every_code() =>
        Assert.Equal(
            Codes.Select(code => $"| `{code.Code}` | {code.Status} | {code.Title} |"),
            File.ReadLines(Path.Combine(Checkout.Root, "docs/problems.md"))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        );

    /// <summary>Words that readers had to decode.</summary>
    [GeneratedRegex(
        "\\b(nobody|somebody|whoever|anew|lets in|let in|come too late|does not fit|do not fit|is kept)\\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Dialect();
}
