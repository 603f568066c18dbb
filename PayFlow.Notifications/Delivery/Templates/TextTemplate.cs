using PayFlow.ServiceDefaults.Languages;
using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;

namespace PayFlow.Notifications.Delivery.Templates;

/// <summary>One text in one language, parsed once. What a value contains is never parsed.</summary>
internal sealed class TextTemplate
{
    private const string Separator = "\n---\n";

    // A context costs more than a text, so each thread keeps one.
    [ThreadStatic]
    private static TemplateContext? _context;

    private readonly Template? _title;
    private readonly Template _body;

    /// <param name="source">The title, a line of three hyphens, and the body. A part of a message has no title.</param>
    /// <exception cref="FormatException">It does not parse.</exception>
    public TextTemplate(string name, Language language, string source)
    {
        (Name, Language) = (name, language);
        var text = source.ReplaceLineEndings("\n").TrimEnd('\n');
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        _title = end < 0 ? null : Parse(text[..end]);
        _body = Parse(end < 0 ? text : text[(end + Separator.Length)..]);
        var found = new Variables();
        _title?.Page?.Accept(found);
        _body.Page?.Accept(found);
        Placeholders = [.. found.Names];
    }

    public string Name { get; }

    public Language Language { get; }

    public bool HasTitle => _title is not null;

    /// <summary>All that the text names.</summary>
    public IReadOnlyList<string> Placeholders { get; }

    /// <exception cref="FormatException">It names a value that is not there.</exception>
    public NotificationText Render(ScriptObject values)
    {
        // Nothing of Scriban's own: a template has values, conditions and no functions.
        var context = _context ??= new TemplateContext(new ScriptObject(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            StrictVariables = true,
        };
        context.PushGlobal(values);
        try
        {
            return new NotificationText(_title?.Render(context) ?? "", _body.Render(context));
        }
        catch (ScriptRuntimeException wrong)
        {
            throw new FormatException(
                $"The text {Name} ({Language}) cannot be written: {wrong.OriginalMessage}",
                wrong
            );
        }
        finally
        {
            context.PopGlobal();
            context.Reset();
        }
    }

    private Template Parse(string text)
    {
        var parsed = Template.Parse(text);
        return parsed.HasErrors
            ? throw new FormatException($"The text {Name} ({Language}) is wrong: {parsed.Messages[0].Message}")
            : parsed;
    }

    private sealed class Variables : ScriptVisitor
    {
        public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

        public override void Visit(ScriptVariableGlobal node) => Names.Add(node.BaseName);
    }
}
