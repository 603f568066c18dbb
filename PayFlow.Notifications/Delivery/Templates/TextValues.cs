using System.Collections.Immutable;
using System.Globalization;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Languages;
using PayFlow.ServiceDefaults.Text;
using Scriban.Runtime;

namespace PayFlow.Notifications.Delivery.Templates;

/// <summary>
/// The values that templates name, before they are written in a language. What people typed is isolated, so that it
/// does not turn around the text beside it.
/// </summary>
public sealed record TextValues
{
    public Money? Amount { get; init; }

    /// <summary>The payer's name.</summary>
    public string? From { get; init; }

    /// <summary>The payee's name.</summary>
    public string? To { get; init; }

    public string? Note { get; init; }

    public FailureReason? Reason { get; init; }

    /// <summary>As people call it before a noun.</summary>
    public Currency? Currency { get; init; }

    /// <summary>Masked already.</summary>
    public string? AccountNumber { get; init; }

    public int? Count { get; init; }

    /// <summary>Of a text that a service wrote itself.</summary>
    public string? Title { get; init; }

    /// <summary>Of a text that a service wrote itself.</summary>
    public string? Body { get; init; }

    /// <summary>What a service names by itself, such as the handle of an admin.</summary>
    public IReadOnlyDictionary<string, string>? Words { get; init; }

    /// <summary>By placeholder. A value that is not set has none: a template that names it is a fault.</summary>
    internal ScriptObject In(Language language)
    {
        var values = new ScriptObject(StringComparer.Ordinal);
        foreach (var (placeholder, word) in Words ?? ImmutableDictionary<string, string>.Empty)
            Add(placeholder, Isolation.Isolate(word));
        Add("amount", Amount?.Display(language));
        Add("from", From is null ? null : Isolation.Isolate(From));
        Add("to", To is null ? null : Isolation.Isolate(To));
        Add("note", Note);
        Add("reason", Reason is { } reason ? FailureReasons.Of(reason).ToPayer.In(language) : null);
        Add("currency", Currency is { } currency ? MoneyDisplay.Name(currency).In(language) : null);
        Add("account_number", AccountNumber);
        Add("count", Count?.ToString(CultureInfo.InvariantCulture));
        Add("title", Title);
        Add("body", Body);
        return values;

        void Add(string placeholder, string? value)
        {
            if (value is not null)
                values[placeholder] = value;
        }
    }
}
