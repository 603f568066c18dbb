namespace PayFlow.ServiceDefaults.Languages;

/// <summary>One text in each <see cref="Language"/>.</summary>
public sealed record LocalText
{
    public required string English { get; init; }

    public required string Hindi { get; init; }

    public required string German { get; init; }

    public string In(Language language) =>
        language switch
        {
            Language.Hindi => Hindi,
            Language.German => German,
            _ => English,
        };
}
