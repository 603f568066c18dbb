using System.Text.RegularExpressions;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>What a person may call themselves when they sign up.</summary>
public sealed partial class PersonNames(ReservedNames reserved)
{
    private const int MaxLength = 100;

    private const string Taken = "This name is reserved for PayFlow or looks like a reserved one. Choose another.";

    /// <returns>Null where it may be used, otherwise what to do about it.</returns>
    public string? NameObjection(string name) =>
        name.Length is 0 or > MaxLength
            ? $"Must have 1 to {MaxLength} characters."
            : TextRules.Objection(name)
                ?? (
                    reserved.IsReserved(name) ? Taken
                    : !TextRules.HasLetterOrDigit(name) ? "Must contain at least one letter or digit."
                    : null
                );

    /// <param name="handle">Without the @.</param>
    /// <inheritdoc cref="NameObjection" path="/returns"/>
    public string? HandleObjection(string handle) =>
        !Handle().IsMatch(handle) ? "Must have 3 to 30 lower case letters (a to z), digits or underscores."
        : handle.Length == AccountNumber.Length && handle.All(char.IsAsciiDigit)
            ? "Must not look like an account number. Add a letter."
        : !TextRules.HasLetterOrDigit(handle) ? "Must contain at least one letter or digit."
        : reserved.IsReserved(handle) ? Taken
        : null;

    [GeneratedRegex("^[a-z0-9_]{3,30}$", RegexOptions.NonBacktracking)]
    private static partial Regex Handle();
}
