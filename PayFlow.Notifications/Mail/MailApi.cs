using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Notifications.Mail;

public static class MailApi
{
    /// <param name="IsConfigured">Whether this installation sends e-mail at all.</param>
    public sealed record Response(bool IsConfigured);

    /// <summary><c>GET /internal/mail</c>, for the wallet: it promises no e-mail where none can be sent.</summary>
    public static void MapMail(this WebApplication app) =>
        app.MapInternal()
            .MapGet("/mail", (MailOptions mail) => new Response(mail.IsConfigured))
            .CalledBy(ServiceToken.Web);
}
