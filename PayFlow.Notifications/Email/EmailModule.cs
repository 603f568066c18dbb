using PayFlow.Notifications.Delivery;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Notifications.Email;

/// <summary>Notifications that go to a mailbox.</summary>
public static class EmailModule
{
    /// <param name="IsConfigured">Whether this installation sends e-mail at all.</param>
    public sealed record Response(bool IsConfigured);

    public static void AddEmail(this WebApplicationBuilder builder)
    {
        var options = MailOptions.Read(builder.Configuration);
        options.SendsToReserved |= builder.Environment.IsDevelopment();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(SealedCodes.From(builder.Configuration));
        builder.AddQueuedChannel<EmailChannel>();
        builder.Services.AddHostedService<EarlierEmails>();
    }

    /// <summary><c>GET /internal/mail</c>, for the wallet: it promises no e-mail where none can be sent.</summary>
    public static void MapEmail(this WebApplication app) =>
        app.MapInternal()
            .MapGet("/mail", (MailOptions mail) => new Response(mail.IsConfigured))
            .CalledBy(ServiceToken.Web);
}
