using System.Net.Sockets;
using System.Security.Cryptography;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Channels;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Notifications.Email;

/// <summary>One connection to the mail server, which several e-mails use.</summary>
internal sealed class SmtpSession(MailOptions options, SealedCodes codes) : IDeliverySession
{
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(20);

    private readonly SmtpClient _smtp = new() { Timeout = (int)ServerTimeout.TotalMilliseconds };

    public async Task<DeliveryResult> SendAsync(DueDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            if (!_smtp.IsConnected)
                await ConnectAsync(cancellationToken);
            using var message = Compose(delivery);
            await _smtp.SendAsync(message, cancellationToken);
            return DeliveryResult.Sent;
        }
        // What the server says may hold the address, so only its status is kept.
        catch (SmtpCommandException refused) when ((int)refused.StatusCode >= 500)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, $"{(int)refused.StatusCode}");
        }
        catch (Exception unusable) when (unusable is CryptographicException or FormatException or ParseException)
        {
            return new DeliveryResult(DeliveryOutcome.Unusable, unusable.GetType().Name);
        }
        catch (Exception away) when (IsOfServer(away))
        {
            if (_smtp.IsConnected)
                await _smtp.DisconnectAsync(quit: false, CancellationToken.None);
            return new DeliveryResult(
                DeliveryOutcome.Retried,
                away is SmtpCommandException { StatusCode: var status } ? $"{(int)status}" : away.GetType().Name
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_smtp.IsConnected)
        {
            try
            {
                await _smtp.DisconnectAsync(quit: true, CancellationToken.None);
            }
            catch (Exception away) when (IsOfServer(away))
            {
                // All that was sent is recorded, and the connection ends either way.
            }
        }

        _smtp.Dispose();
    }

    private static bool IsOfServer(Exception failure) =>
        failure
            is SocketException
                or IOException
                or ProtocolException
                or CommandException
                or AuthenticationException
                or SslHandshakeException
                or NotSupportedException
                or TimeoutException
                or ServiceNotAuthenticatedException
                or ServiceNotConnectedException;

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var tls =
            options.IsTls ? SecureSocketOptions.SslOnConnect
            : options.RequireTls || options.UserName is not null ? SecureSocketOptions.StartTls
            : SecureSocketOptions.StartTlsWhenAvailable;
        await _smtp.ConnectAsync(options.Host!, options.Port, tls, cancellationToken);
        if (options.UserName is { } user)
            await _smtp.AuthenticateAsync(user, options.Password ?? "", cancellationToken);
    }

    private MimeMessage Compose(DueDelivery delivery)
    {
        var body = delivery.Body.Replace("{wallet}", options.WalletUrl.TrimEnd('/'), StringComparison.Ordinal);
        if (delivery.SealedCode is { } code)
            body = body.Replace(
                "{code}",
                codes.Open(Guid.Parse(delivery.RequestId ?? ""), code),
                StringComparison.Ordinal
            );
        var from = MailboxAddress.Parse(options.From);
        var message = new MimeMessage
        {
            Subject = delivery.Title,
            Body = new TextPart("plain") { Text = body },
            MessageId = $"{delivery.Id}@{from.Domain}",
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress("", delivery.Address));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
