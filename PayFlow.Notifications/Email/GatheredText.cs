using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.Notifications.Email;

/// <summary>What an e-mail says beyond its own text.</summary>
public static class GatheredText
{
    /// <summary>The text of one of several e-mails of a kind, of which only this one is sent.</summary>
    /// <param name="times">How often it happened, this time included.</param>
    public static string Of(string body, int times, Language language) =>
        times == 1
            ? body
            : $"{body}\n\n{TextTemplates.Own.Render("gathered", new TextValues { Count = times }, language).Body}";
}
