using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.Notifications.Email;
using PayFlow.Notifications.Inbox;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Notifications.Tests;

/// <summary>Where e-mail goes, how often it is tried, and that what is for a mailbox is not for the app.</summary>
public sealed class MailTests
{
    private static readonly Guid Request = new("00000000-0000-7000-8004-000000000001");

    [Theory]
    [InlineData("smtp://localhost:1025", "localhost", 1025, null, null, false)]
    [InlineData("smtp://mail.example", "mail.example", 25, null, null, false)]
    [InlineData("smtp://me:p%40ss@mail.example", "mail.example", 587, "me", "p@ss", false)]
    [InlineData("smtps://me:secret@mail.example", "mail.example", 465, "me", "secret", true)]
    [InlineData(
        "Endpoint=smtp://mail.example:2525;Username=me;Password=secret",
        "mail.example",
        2525,
        "me",
        "secret",
        false
    )]
    public void A_connection_string_names_server_and_login(
        string connection,
        string host,
        int port,
        string? user,
        string? password,
        bool tls
    )
    {
        var options = Read(connection);
        Assert.Equal(
            (host, port, user, password, tls, true),
            (options.Host, options.Port, options.UserName, options.Password, options.IsTls, options.IsConfigured)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_one_no_mail_is_sent(string? connection) => Assert.False(Read(connection).IsConfigured);

    [Theory]
    [InlineData("http://mail.example")]
    [InlineData("mail.example")]
    [InlineData("Endpoint=mail.example")]
    public void Another_one_is_refused_at_the_start(string connection) =>
        Assert.Throws<InvalidOperationException>(() => Read(connection));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(5, 80)]
    [InlineData(9, 900)]
    [InlineData(40, 900)]
    public void It_is_tried_again_ever_later_and_a_quarter_of_an_hour_at_most(int tries, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DeliveryRetries.Backoff(tries));

    /// <summary>Deliveries that failed together do not all come back together, and none comes later.</summary>
    [Theory]
    [InlineData(0, 100)]
    [InlineData(0.5, 90)]
    [InlineData(1, 80)]
    public void A_wait_is_shortened_at_random_by_a_fifth_at_most(double random, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DeliveryRetries.WithJitter(TimeSpan.FromSeconds(100), random));

    [Fact]
    public void What_is_for_a_mailbox_only_is_no_notification_in_the_app()
    {
        var request = new NotificationRequest(
            TenantId.Default,
            Request.ToString(),
            new PartyId(Request),
            null,
            "reset_password",
            "Reset",
            "{code}",
            DateTimeOffset.UnixEpoch,
            "asha@payflow.example",
            InApp: false,
            "sealed"
        );
        var channel = new InAppChannel();
        Assert.Null(channel.Store([Notification(request)], DateTimeOffset.UnixEpoch));
        Assert.NotNull(
            channel.Store([Notification(request with { InApp = true, SealedCode = null })], DateTimeOffset.UnixEpoch)
        );

        static Notification Notification(NotificationRequest request) =>
            new()
            {
                Id = new NotificationId(Request),
                Tenant = request.TenantId,
                Recipient = request.RecipientId,
                Kind = NotificationKinds.Of(request.Kind),
                Text = new NotificationText(request.Title!, request.Body!),
                Request = request,
            };
    }

    [Fact]
    public void A_sealed_code_opens_with_the_same_key_for_the_same_request_only()
    {
        var codes = new SealedCodes(new string('k', 32));
        var text = codes.Seal(Request, "abcdefghjkmnpqrstuvwxyz234");
        Assert.DoesNotContain("abcdef", text, StringComparison.Ordinal);
        Assert.Equal("abcdefghjkmnpqrstuvwxyz234", codes.Open(Request, text));
        Assert.ThrowsAny<CryptographicException>(() => codes.Open(Guid.Empty, text));
        Assert.ThrowsAny<CryptographicException>(() => new SealedCodes(new string('x', 32)).Open(Request, text));
        Assert.ThrowsAny<CryptographicException>(() => codes.Open(Request, "not sealed"));
        Assert.Throws<InvalidOperationException>(() => SealedCodes.From(new ConfigurationBuilder().Build()));
    }

    private static MailOptions Read(string? connection) =>
        MailOptions.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:smtp"] = connection }
                )
                .Build()
        );
}
