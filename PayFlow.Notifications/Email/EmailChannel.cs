using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Channels;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Languages;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Notifications.Email;

/// <summary>E-mail. It carries what services ask for with an address: codes, and messages about security.</summary>
public sealed class EmailChannel(MailOptions options, SealedCodes codes) : QueuedChannel
{
    public const string Word = "email";

    public override string Name => Word;

    public override bool IsConfigured => options.IsConfigured;

    public override int MaxTries => options.MaxTries;

    public override TimeSpan GatherTime => TimeSpan.FromMinutes(15);

    /// <summary>Events of money have no address.</summary>
    public override bool Carries(NotificationKind kind) => IsConfigured && !kind.IsChosen;

    public override IDeliverySession Open() => new SmtpSession(options, codes);

    public override string Gathered(string body, int times) =>
        $"{body}\n\n{TextTemplates.Own.Render("gathered", new TextValues { Count = times }, Language.English).Body}";

    protected override string? AddressOf(Notification notification) =>
        notification.Request?.EmailAddress is { } address && (options.SendsToReserved || !ReservedDomains.Has(address))
            ? address
            : null;
}
