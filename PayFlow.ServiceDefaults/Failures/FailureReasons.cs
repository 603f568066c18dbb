using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.ServiceDefaults.Failures;

/// <summary>
/// The one place of all texts of failure reasons: problems, notifications and the wallet read them here. Each value of
/// <see cref="FailureReason"/> has one entry.
/// </summary>
public static class FailureReasons
{
    // Clients tolerate new reasons: a service of a later version may send one.
    private const string UnknownToPayer = "It was refused.";
    private const string UnknownBrief = "Refused";

    public static IReadOnlyList<Failure> All { get; } =
    [
        new Failure(FailureReason.InsufficientFunds)
        {
            Title = "The account has insufficient funds.",
            Brief = "Not enough money",
            ToPayer = new LocalText
            {
                English = "Your wallet did not have enough money. Send less, or add money first.",
                Hindi = "आपके वॉलेट में पर्याप्त पैसे नहीं थे। कम राशि भेजें या पहले पैसे जोड़ें।",
                German = "Ihr Guthaben reichte nicht aus. Senden Sie weniger oder laden Sie zuerst Geld auf.",
            },
        },
        new Failure(FailureReason.AccountNotFound)
        {
            Status = 404,
            Title = "The account was not found.",
            Brief = "No such account",
            ToPayer = new LocalText
            {
                English = "The payee's account was not found. Check the payee, then send the payment again.",
                Hindi = "प्राप्तकर्ता का खाता नहीं मिला। प्राप्तकर्ता की जानकारी जाँचें, फिर दोबारा भुगतान करें।",
                German =
                    "Das Konto des Empfängers wurde nicht gefunden. "
                    + "Prüfen Sie den Empfänger und senden Sie die Zahlung dann erneut.",
            },
        },
        new Failure(FailureReason.AccountFrozen)
        {
            Title = "The account is frozen.",
            Brief = "Your account is frozen",
            ToPayer = new LocalText
            {
                English = "Your account is frozen. Contact support to unfreeze it, then send the payment again.",
                Hindi =
                    "आपका खाता फ़्रीज़ है। इसे चालू कराने के लिए सहायता टीम से संपर्क करें, फिर दोबारा भुगतान करें।",
                German =
                    "Ihr Konto ist gesperrt. "
                    + "Lassen Sie es vom Support entsperren und senden Sie die Zahlung dann erneut.",
            },
        },
        new Failure(FailureReason.AccountClosed)
        {
            Title = "The account is closed.",
            Brief = "Your account is closed",
            ToPayer = new LocalText
            {
                English = "Your account is closed. Pay from another account.",
                Hindi = "आपका खाता बंद है। किसी दूसरे खाते से भुगतान करें।",
                German = "Ihr Konto ist geschlossen. Zahlen Sie von einem anderen Konto.",
            },
        },
        new Failure(FailureReason.RecipientUnavailable)
        {
            Title = "The payee cannot receive money now.",
            Brief = "They cannot receive now",
            ToPayer = new LocalText
            {
                English = "The payee cannot receive money now. Contact the payee, or try again later.",
                Hindi = "प्राप्तकर्ता अभी पैसे प्राप्त नहीं कर सकते। उनसे संपर्क करें या बाद में दोबारा कोशिश करें।",
                German =
                    "Der Empfänger kann derzeit kein Geld empfangen. "
                    + "Sprechen Sie ihn an oder versuchen Sie es später erneut.",
            },
        },
        new Failure(FailureReason.CurrencyMismatch)
        {
            Title = "The accounts have different currencies.",
            Brief = "Another currency",
            ToPayer = new LocalText
            {
                English = "The payee's account has another currency. Choose an account in the same currency.",
                Hindi = "प्राप्तकर्ता का खाता किसी दूसरी मुद्रा में है। उसी मुद्रा का खाता चुनें।",
                German =
                    "Das Konto des Empfängers hat eine andere Währung. " + "Wählen Sie ein Konto in derselben Währung.",
            },
        },
        new Failure(FailureReason.LimitExceeded)
        {
            Title = "The payment exceeds a limit.",
            Brief = "Above a limit",
            ToPayer = new LocalText
            {
                English = "The payment exceeds a limit. Send less.",
                Hindi = "यह भुगतान सीमा से अधिक है। कम राशि भेजें।",
                German = "Die Zahlung überschreitet ein Limit. Senden Sie weniger.",
            },
        },
        new Failure(FailureReason.Expired)
        {
            Title = "The request has expired.",
            Brief = "Took too long",
            ToPayer = new LocalText
            {
                English = "The payment expired before it was sent. Send it again.",
                Hindi = "भुगतान पूरा होने से पहले उसकी समय-सीमा समाप्त हो गई। इसे दोबारा भेजें।",
                German = "Die Zahlung ist vor der Buchung abgelaufen. Senden Sie sie erneut.",
            },
        },
        new Failure(FailureReason.HoldEnded)
        {
            Status = 409,
            Title = "The hold has ended, or less is left of it.",
            Brief = "Hold has ended",
            ToPayer = new LocalText
            {
                English = "The hold has ended, or less is left of it. Ask for a new payment.",
                Hindi = "रोकी गई राशि की अवधि समाप्त हो गई है या उसमें कम राशि बची है। नए भुगतान के लिए कहें।",
                German =
                    "Die Reservierung ist beendet, oder es ist weniger davon übrig. Bitten Sie um eine neue Zahlung.",
            },
        },
    ];

    private static readonly Dictionary<string, Failure> ByCode = All.ToDictionary(
        one => one.Code,
        StringComparer.Ordinal
    );

    private static readonly Dictionary<FailureReason, Failure> ByReason = All.ToDictionary(one => one.Reason);

    public static Failure Of(FailureReason reason) => ByReason[reason];

    /// <returns>Null where no reason has this code.</returns>
    public static Failure? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);

    /// <summary>Why a payment failed and what to do, in English. An unknown reason has a general text.</summary>
    public static string ToPayer(string? code) => Find(code)?.ToPayer.English ?? UnknownToPayer;

    /// <summary>The reason in a row of a list, in English. An unknown reason has a general text.</summary>
    public static string Brief(string? code) => Find(code)?.Brief ?? UnknownBrief;
}
