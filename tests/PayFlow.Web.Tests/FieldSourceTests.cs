using System.Text.RegularExpressions;
using PayFlow.Tests;

namespace PayFlow.Web.Tests;

/// <summary>
/// Every typed field of the wallet is one that the browser owns; a rendering that comes late over a slow link cannot
/// overwrite it.
/// </summary>
public sealed partial class FieldSourceTests
{
    /// <summary>The two fields: of pages with a circuit, and of the forms that are posted without one.</summary>
    private static readonly string[] Fields = ["TypedField.razor", "FormField.razor"];

    private static readonly string[] NotTyped = ["radio", "checkbox", "hidden", "submit"];

    public static TheoryData<string> Components =>
        [
            .. Directory
                .EnumerateFiles(Source(), "*.razor", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Source(), path)),
        ];

    [Theory]
    [MemberData(nameof(Components))]
    public void No_component_writes_into_a_field_or_cuts_what_is_typed(string component)
    {
        var source = File.ReadAllText(Path.Combine(Source(), component));
        Assert.DoesNotMatch("@oninput|@bind\\b|@bind-|@bind:|maxlength|MaxLength|contenteditable", source);
        Assert.DoesNotMatch(
            "<(Mud(TextField|NumericField|Autocomplete|Mask|Input|DatePicker|TimePicker)"
                + "|InputText|InputNumber|InputTextArea|textarea)\\b",
            source
        );
        if (Fields.Contains(Path.GetFileName(component)))
            return;
        Assert.All(
            Input().Matches(source),
            input => Assert.Contains(Type().Match(input.Value).Groups["type"].Value, NotTyped)
        );
    }

    [Fact]
    public void A_typed_field_has_no_value_of_the_servers() =>
        Assert.DoesNotMatch(
            @"(?<![-\w])value=|@onchange|@onkey",
            File.ReadAllText(Path.Combine(Source(), "Shared", "Fields", "TypedField.razor"))
        );

    private static string Source() => Checkout.In("PayFlow.Web");

    [GeneratedRegex("<input\\b[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Input();

    [GeneratedRegex("type=\"(?<type>[a-z]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Type();
}
