using System.Text.RegularExpressions;
using PayFlow.Tests;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>What must hold for the sources as they are, whoever changes them.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string Root = Checkout.Root;

    // Sample people of the Development environment sign in with a password that the README tells.
    private static readonly string[] MayHoldSamples =
    [
        "PayFlow.Accounts/Development/SampleData.cs",
        "PayFlow.Web/Reference/openapi.json",
        "PayFlow.Web/SignIn/Pages/SignInPage.razor",
    ];

    [Fact]
    public void No_secret_is_written_into_the_product()
    {
        var found = Sources("*.cs", "*.razor", "*.json", "*.csproj", "*.props", "*.targets", "*.js", "*.config")
            .Where(file => !MayHoldSamples.Contains(file, StringComparer.Ordinal))
            .SelectMany(file => File.ReadLines(Path.Combine(Root, file)).Select((line, at) => (file, line, at)))
            .Where(one =>
                SecretLiteral().IsMatch(one.line)
                || PasswordInConnection().IsMatch(one.line)
                || PrivateKey().IsMatch(one.line)
            )
            .Select(one => $"{one.file}:{one.at + 1}: {one.line.Trim()}");
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("""var password = "hunter2-hunter2";""", true)]
    [InlineData("""    "ServiceToken": "0f8fad5bd9cb469fa165",""", true)]
    [InlineData("""Secret="c2VjcmV0c2VjcmV0" """, true)]
    [InlineData("""const string Connection = "Host=db;Password=abc";""", true)]
    [InlineData("-----BEGIN EC PRIVATE KEY-----", true)]
    [InlineData("""configuration["ServiceToken"]""", false)]
    [InlineData("""public const string Header = "X-Service-Token";""", false)]
    [InlineData("$\"Host={host};Password={password}\"", false)]
    [InlineData("""ProblemCodes.Password, "Choose a longer password." """, false)]
    public void A_secret_is_known_by_its_form(string line, bool isSecret) =>
        Assert.Equal(
            isSecret,
            SecretLiteral().IsMatch(line) || PasswordInConnection().IsMatch(line) || PrivateKey().IsMatch(line)
        );

    [Fact]
    public void Services_take_their_secrets_from_configuration_and_from_nowhere_else()
    {
        string[] banned = ["Environment.GetEnvironmentVariable", "Environment.GetEnvironmentVariables"];
        var services = Sources("*.cs").Where(file => !file.StartsWith("PayFlow.AppHost/", StringComparison.Ordinal));
        Assert.DoesNotContain(services, file => banned.Any(File.ReadAllText(Path.Combine(Root, file)).Contains));
    }

    [Fact]
    public void Work_in_the_background_that_uses_the_database_lets_none_of_its_failures_end_the_process()
    {
        var loops = Sources("*.cs")
            .Select(file => (file, text: File.ReadAllText(Path.Combine(Root, file))))
            .Where(source => BackgroundWork().IsMatch(source.text))
            .ToList();
        Assert.NotEmpty(loops);
        Assert.All(
            loops,
            source =>
                Assert.True(
                    !UsesDatabase().IsMatch(source.text) || CatchesAll().IsMatch(source.text),
                    $"{source.file}: derive it from DatabaseRounds, or catch what IsOfDatabase()."
                )
        );
    }

    [Fact]
    public void Every_test_that_the_page_on_security_names_is_there()
    {
        var tests = Directory
            .EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuilt(file))
            .Select(File.ReadAllText)
            .ToList();
        var rows = File.ReadLines(Path.Combine(Root, "docs/security.md"))
            .Where(line =>
                line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| Test |", StringComparison.Ordinal)
            )
            .ToList();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var named = TestName().Matches(row.TrimEnd('|', ' ').Split('|')[^1]);
            Assert.True(named.Count > 0, $"This line names no test: {row}");
            foreach (
                var name in named.Select(match => match.Groups["class"].Value + "." + match.Groups["method"].Value)
            )
            {
                var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
                Assert.True(
                    tests.Exists(text =>
                        Regex.IsMatch(text, $@"\bclass {type}\b", RegexOptions.NonBacktracking)
                        && (method.Length == 0 || text.Contains($" {method}(", StringComparison.Ordinal))
                    ),
                    $"There is no test {name}."
                );
            }
        }
    }

    [Fact]
    public void Every_path_that_a_page_names_is_there()
    {
        var missing = Pages()
            .SelectMany(page =>
                NamedPath()
                    .Matches(File.ReadAllText(page))
                    .Select(match => match.Groups["path"].Value)
                    .Where(path => !Path.Exists(Path.Combine(Root, path)))
                    .Select(path => $"{Path.GetRelativePath(Root, page)}: {path}")
            );
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_test_class_that_a_page_names_is_there()
    {
        var tests = Directory
            .EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuilt(file))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .ToHashSet(StringComparer.Ordinal);
        var missing = Pages()
            .SelectMany(page =>
                NamedTests().Matches(File.ReadAllText(page)).Select(match => match.Groups["name"].Value)
            )
            .Where(name => !tests.Contains(name));
        Assert.Empty(missing);
    }

    /// <summary>The pages that people read before they change something.</summary>
    private static IEnumerable<string> Pages() =>
        Directory
            .EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"));

    private static IEnumerable<string> Sources(params string[] patterns) =>
        Directory
            .EnumerateDirectories(Root, "PayFlow.*")
            .SelectMany(folder =>
                patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            )
            .Where(file => !IsBuilt(file) && Path.GetFileName(file) != "packages.lock.json")
            .Select(file => Path.GetRelativePath(Root, file));

    private static bool IsBuilt(string file) =>
        file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal);

    /// <summary>Something that is called a secret, and one literal without a space that has a digit in it.</summary>
    [GeneratedRegex(
        """(password|passwd|secret|token|api_?key|pin)"?\s*[:=]\s*"(?=[^" ]*[0-9])[^" {}$]{8,}"$?""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex SecretLiteral();

    [GeneratedRegex("""(password|pwd)=[^;"{\s]+""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PasswordInConnection();

    /// <summary>A loop of its own. Those of DatabaseRounds are caught there.</summary>
    [GeneratedRegex(@"\bclass [^{;]*: BackgroundService\b", RegexOptions.NonBacktracking)]
    private static partial Regex BackgroundWork();

    [GeneratedRegex(
        "NpgsqlDataSource|UnitsOfWork|IServiceScopeFactory|ISessionAuthority|Adjustments|AccountOpening"
            + "|DeadLetterRecorder",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex UsesDatabase();

    [GeneratedRegex(@"IsOfDatabase\(\)|catch \(Exception failure\)\s", RegexOptions.NonBacktracking)]
    private static partial Regex CatchesAll();

    [GeneratedRegex("BEGIN [A-Z ]*PRIVATE KEY", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PrivateKey();

    [GeneratedRegex("`(?<class>[A-Z][A-Za-z]+)(\\.(?<method>[A-Za-z0-9_]+))?`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    /// <summary>A path below the root in backticks. One with a placeholder such as NAME or * is an example.</summary>
    [GeneratedRegex(
        "`(?<path>(PayFlow\\.[A-Za-z.]+|docs|deploy|eng|tests)/[A-Za-z0-9_./-]*)`",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex NamedPath();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+(Tests|Properties))(\\.[A-Za-z_]+)?`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedTests();
}
