using System.Net.Sockets;
using System.Security.Cryptography;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Languages;
using PayFlow.ServiceDefaults.Secrets;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Notifications.Email;

/// <summary>
/// Sends the e-mails that are due, at least once each: one is claimed for a while, sent, and then marked. Who dies in
/// between leaves it to be claimed again, with the same Message-ID. Several replicas share the work.
/// </summary>
public sealed class MailSender(
    NpgsqlDataSource database,
    MailOptions options,
    SealedCodes codes,
    TimeProvider clock,
    ILogger<MailSender> logger
) : DatabaseRounds(TimeSpan.FromSeconds(1), clock, logger)
{
    private const int AtOnce = 20;

    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    // News of one kind to one person: one e-mail in this time.
    private static readonly TimeSpan Gathered = TimeSpan.FromMinutes(15);

    private sealed record Due(
        Guid Id,
        string Address,
        string Kind,
        string Title,
        string Body,
        string RequestId,
        string? SealedCode,
        DateTimeOffset? ExpiresAt,
        int Tries
    );

    /// <summary>How long after a try that failed the next one waits.</summary>
    public static TimeSpan Backoff(int tries) =>
        tries < 9 && FirstBackoff * (1 << (tries - 1)) is var wait && wait < LongestBackoff ? wait : LongestBackoff;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (!options.IsConfigured)
        {
            Logger.LogInformation("No e-mail is sent: set ConnectionStrings__smtp to send it");
            Done();
            return;
        }

        while (await SendDueAsync(cancellationToken) == AtOnce)
        {
            // More may be due.
        }
    }

    private async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var due = await ClaimAsync(cancellationToken);
        if (due.Count == 0)
            return 0;
        using var smtp = new SmtpClient { Timeout = (int)ServerPatience.TotalMilliseconds };
        var told = new HashSet<Guid>();
        foreach (var email in due.Where(email => !told.Contains(email.Id)))
        {
            var now = Clock.GetDatabaseNow();
            var like = await LikeAsync(email, now, cancellationToken);
            if (like.LastSentAt is { } last)
            {
                await PostponeAsync(email.Id, last + Gathered, cancellationToken);
                continue;
            }

            var text = email with { Body = GatheredText.Of(email.Body, like.Waiting.Length + 1, Language.English) };
            var (sent, next, failure) =
                email.ExpiresAt <= now ? (null, null, "expired") : await TryAsync(smtp, text, now, cancellationToken);
            await MarkAsync([email.Id, .. sent is null ? [] : like.Waiting], sent, next, failure, cancellationToken);
            if (sent is not null)
                told.UnionWith(like.Waiting);
        }

        if (smtp.IsConnected)
            await smtp.DisconnectAsync(quit: true, cancellationToken);
        return due.Count;
    }

    private async Task<(DateTimeOffset? Sent, DateTimeOffset? Next, string? Failure)> TryAsync(
        SmtpClient smtp,
        Due email,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        string why;
        try
        {
            if (!smtp.IsConnected)
                await ConnectAsync(smtp, cancellationToken);
            using var message = Compose(email);
            await smtp.SendAsync(message, cancellationToken);
            return (Clock.GetDatabaseNow(), null, null);
        }
        catch (SmtpCommandException refused) when ((int)refused.StatusCode >= 500)
        {
            Logger.LogWarning("An e-mail ({Kind}) was refused for good: {Status}", email.Kind, (int)refused.StatusCode);
            return (null, null, "refused");
        }
        catch (Exception unusable) when (unusable is CryptographicException or FormatException or ParseException)
        {
            Logger.LogError("An e-mail ({Kind}) cannot be made: {Reason}", email.Kind, unusable.GetType().Name);
            return (null, null, "unusable");
        }
        catch (Exception away)
            when (away
                    is SocketException
                        or IOException
                        or ProtocolException
                        or CommandException
                        or AuthenticationException
                        or SslHandshakeException
                        or NotSupportedException
                        or TimeoutException
                        or ServiceNotAuthenticatedException
                        or ServiceNotConnectedException
            )
        {
            // What the server says may hold the address.
            why = away is SmtpCommandException { StatusCode: var status } ? $"{(int)status}" : away.GetType().Name;
            if (smtp.IsConnected)
                await smtp.DisconnectAsync(quit: false, CancellationToken.None);
        }

        if (email.Tries >= options.MaxTries)
        {
            Logger.LogWarning(
                "An e-mail ({Kind}) was given up after {Tries} tries: {Reason}",
                email.Kind,
                email.Tries,
                why
            );
            return (null, null, "gave_up");
        }

        if (email.Tries == 1)
            Logger.LogWarning("An e-mail ({Kind}) could not be sent and is tried again: {Reason}", email.Kind, why);
        return (null, now + Backoff(email.Tries), null);
    }

    private async Task ConnectAsync(SmtpClient smtp, CancellationToken cancellationToken)
    {
        var tls =
            options.IsTls ? SecureSocketOptions.SslOnConnect
            : options.RequireTls || options.UserName is not null ? SecureSocketOptions.StartTls
            : SecureSocketOptions.StartTlsWhenAvailable;
        await smtp.ConnectAsync(options.Host!, options.Port, tls, cancellationToken);
        if (options.UserName is { } user)
            await smtp.AuthenticateAsync(user, options.Password ?? "", cancellationToken);
    }

    private MimeMessage Compose(Due email)
    {
        var body = email.Body.Replace("{wallet}", options.WalletUrl.TrimEnd('/'), StringComparison.Ordinal);
        if (email.SealedCode is { } code)
            body = body.Replace("{code}", codes.Open(Guid.Parse(email.RequestId), code), StringComparison.Ordinal);
        var from = MailboxAddress.Parse(options.From);
        var message = new MimeMessage
        {
            Subject = email.Title,
            Body = new TextPart("plain") { Text = body },
            MessageId = $"{email.Id}@{from.Domain}",
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress("", email.Address));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private async Task<List<Due>> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var claim = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    """
                    update emails set next_try_at = now() + $1, tries = tries + 1
                    where id in (select id from emails where next_try_at not between now() and now() + $2 order by next_try_at limit $3 for update skip locked)
                    returning id, address, kind, title, body, request_id, sealed_code, expires_at, tries
                    """,
                    Value(Claim),
                    // No try waits longer: a later time was written by a wrong clock.
                    Value(LongestBackoff + Claim),
                    Value(AtOnce)
                ),
                Command(
                    "delete from emails where id in (select id from emails where created_at < now() - $1 order by created_at limit 100 for update skip locked)",
                    Value(Kept)
                ),
            },
        };
        await using var reader = await claim.ExecuteReaderAsync(cancellationToken);
        var due = new List<Due>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(
                new Due(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetString(5),
                    await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6),
                    await reader.IsDBNullAsync(7, cancellationToken)
                        ? null
                        : await reader.GetFieldValueAsync<DateTimeOffset>(7, cancellationToken),
                    reader.GetInt32(8)
                )
            );
        }

        return due;
    }

    /// <summary>
    /// E-mails of one kind to one person: when the last one went, where that is a short time ago, and which others
    /// wait. Those with a code are each for itself.
    /// </summary>
    private async Task<(DateTimeOffset? LastSentAt, Guid[] Waiting)> LikeAsync(
        Due email,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (email.SealedCode is not null)
            return (null, []);
        await using var read = database.CreateCommand(
            """
            select max(l.sent_at), coalesce(array_agg(l.id) filter (where l.next_try_at is not null), '{}')
            from emails e join emails l on (l.recipient_id, l.address, l.kind, l.title) = (e.recipient_id, e.address, e.kind, e.title)
            where e.id = $1 and l.id <> e.id and (l.sent_at > $2 or l.next_try_at is not null)
            """
        );
        read.Parameters.AddRange(new NpgsqlParameter[] { Value(email.Id), Value(now - Gathered) });
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        DateTimeOffset? last = await reader.IsDBNullAsync(0, cancellationToken)
            ? null
            : await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken);
        return (last, await reader.GetFieldValueAsync<Guid[]>(1, cancellationToken));
    }

    /// <summary>Waiting for others of its kind is no try.</summary>
    private async Task PostponeAsync(Guid id, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var postpone = database.CreateCommand(
            "update emails set next_try_at = $2, tries = tries - 1 where id = $1"
        );
        postpone.Parameters.AddRange(new NpgsqlParameter[] { Value(id), Value(until) });
        await postpone.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task MarkAsync(
        Guid[] ids,
        DateTimeOffset? sent,
        DateTimeOffset? next,
        string? failure,
        CancellationToken cancellationToken
    )
    {
        await using var mark = database.CreateCommand(
            "update emails set sent_at = $2, next_try_at = $3, failure = $4, sealed_code = case when $3 is null then null else sealed_code end where id = any($1)"
        );
        mark.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                Value(ids),
                Time(sent),
                Time(next),
                new() { Value = (object?)failure ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            }
        );
        await mark.ExecuteNonQueryAsync(cancellationToken);

        static NpgsqlParameter Time(DateTimeOffset? at) =>
            new() { Value = (object?)at ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
    }
}
