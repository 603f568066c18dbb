using AngleSharp.Dom;
using Bunit;
using PayFlow.Web.Shared.Fields;

namespace PayFlow.Web.Tests;

/// <summary>What the browser tells of its fields (wwwroot/fields.js), where there is no browser.</summary>
internal static class Typing
{
    /// <summary>A pause after typing.</summary>
    public static Task TypeAsync(this IElement field, string value) =>
        field.TriggerEventAsync("ontyped", new TypedEventArgs { Value = value });

    /// <summary>Submits a form whose fields show these values; the others show what they begin with.</summary>
    public static Task SubmitAsync(this IElement form, params ReadOnlySpan<(string Field, string Value)> typed)
    {
        var values = form.QuerySelectorAll("[data-field]")
            .ToDictionary(
                field => field.GetAttribute("name")!,
                field => field.GetAttribute("data-initial") ?? "",
                StringComparer.Ordinal
            );
        foreach (var (field, value) in typed)
        {
            Assert.Contains(field, values);
            values[field] = value;
        }

        return form.TriggerEventAsync("onsubmitted", new SubmittedEventArgs { Values = values });
    }
}
