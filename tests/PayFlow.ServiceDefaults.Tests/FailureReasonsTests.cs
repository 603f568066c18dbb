using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Languages;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Tests;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Each reason of a failed payment has its texts in one place, and they stand nowhere else.</summary>
public sealed class FailureReasonsTests
{
    public static TheoryData<FailureReason> Reasons { get; } = [.. Enum.GetValues<FailureReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_reason_has_a_problem_and_texts_in_every_language(FailureReason reason)
    {
        var failure = FailureReasons.Of(reason);
        Assert.Equal(
            (EnumNames.Of(reason), failure.Status, failure.Title),
            (ProblemCodes.Of(reason).Code, ProblemCodes.Of(reason).Status, ProblemCodes.Of(reason).Title)
        );
        foreach (var language in Enum.GetValues<Language>())
        {
            var text = failure.ToPayer.In(language);
            Assert.Matches(@"^\p{L}[^_{}]*[.।]$", text);
            // What is wrong, and what to do.
            Assert.True(text.Count(sign => sign is '.' or '।') >= 2, text);
            Assert.Equal(language == Language.Hindi, text.Any(sign => sign is >= '\u0900' and <= '\u097F'));
        }

        Assert.Matches("^[A-Z][^.!?_]*$", failure.Brief);
        Assert.Equal(failure.ToPayer.English, FailureReasons.ToPayer(failure.Code));
        Assert.Equal(failure.Brief, FailureReasons.Brief(failure.Code));
    }

    [Fact]
    public void Each_reason_has_one_entry_and_no_two_share_a_text()
    {
        Assert.Equal(Enum.GetValues<FailureReason>(), FailureReasons.All.Select(one => one.Reason).Order());
        var texts = FailureReasons.All.SelectMany(Texts).ToList();
        Assert.Equal(texts.Count, texts.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>A service of a later version may have more of them.</summary>
    [Theory]
    [InlineData("sanctions_check")]
    [InlineData("")]
    [InlineData(null)]
    public void An_unknown_reason_has_a_text_too(string? code) =>
        Assert.Equal(
            (null, "It was refused.", "Refused"),
            (FailureReasons.Find(code), FailureReasons.ToPayer(code), FailureReasons.Brief(code))
        );

    [Fact]
    public void No_other_file_has_a_text_of_a_reason_or_chooses_by_its_code()
    {
        var texts = FailureReasons
            .All.SelectMany(failure => Enum.GetValues<Language>().Select(failure.ToPayer.In))
            // Short ones are also the beginning of other texts.
            .Concat(FailureReasons.All.SelectMany(one => new[] { $"\"{one.Title}\"", $"\"{one.Brief}\"" }))
            .ToList();
        // As a switch does.
        var choices = FailureReasons
            .All.SelectMany(one => new[] { $"\"{one.Code}\" =>", $"\"{one.Code}\" or ", $"or \"{one.Code}\"" })
            .ToList();
        var wrong = new List<string>();
        foreach (var file in ProductFiles())
        {
            var source = File.ReadAllText(file);
            wrong.AddRange(
                texts
                    .Concat(choices)
                    .Where(text => source.Contains(text, StringComparison.Ordinal))
                    .Select(found => $"{Path.GetRelativePath(Checkout.Root, file)}: {found}")
            );
        }

        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Texts(Failure failure) =>
        [failure.Title, failure.Brief, .. Enum.GetValues<Language>().Select(failure.ToPayer.In)];

    private static IEnumerable<string> ProductFiles() =>
        Directory
            .EnumerateDirectories(Checkout.Root, "PayFlow.*")
            .SelectMany(project => Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories))
            .Where(file =>
                Path.GetExtension(file) is ".cs" or ".razor" or ".js" or ".txt" or ".sbn"
                && !file.EndsWith("/FailureReasons.cs", StringComparison.Ordinal)
                && !Path.GetRelativePath(Checkout.Root, file).Split('/').Any(part => part is "obj" or "bin")
            );
}
