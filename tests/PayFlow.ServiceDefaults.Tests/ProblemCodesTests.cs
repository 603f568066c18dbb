using System.Text.RegularExpressions;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Titles are read by users, and codes by programs.</summary>
public sealed partial class ProblemCodesTests
{
    private const int MaxWords = 12;

    public static TheoryData<string> Codes => [.. ProblemCodes.All.Select(code => code.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_title_is_one_short_plain_sentence(string code)
    {
        var title = ProblemCodes.Of(code).Title;
        Assert.Matches("^[A-Z][^.!?]*\\.$", title);
        Assert.InRange(title.Split(' ').Length, 1, MaxWords);
        Assert.DoesNotMatch(Dialect(), title);
    }

    [Fact]
    public void No_two_codes_share_a_title() =>
        Assert.Equal(
            ProblemCodes.All.Count,
            ProblemCodes.All.Select(code => code.Title).Distinct(StringComparer.Ordinal).Count()
        );

    /// <summary>Words that readers had to decode.</summary>
    [GeneratedRegex(
        "\\b(nobody|somebody|whoever|anew|lets in|let in|come too late|does not fit|do not fit|is kept)\\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Dialect();
}
