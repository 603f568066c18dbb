using System.Data.Common;

namespace PayFlow.Notifications.Email;

/// <summary>
/// Where e-mail goes, from configuration: <c>ConnectionStrings:smtp</c> (a URI <c>smtp://host:port</c> with the user
/// and the password before the host, <c>smtps://</c> for TLS from the start, or the keywords <c>Endpoint</c>,
/// <c>Username</c> and <c>Password</c>) and the section <c>Mail</c>. Without the first none is sent.
/// </summary>
public sealed class MailOptions
{
    private const int SmtpPort = 25;
    private const int SubmissionPort = 587;
    private const int SmtpsPort = 465;

    /// <summary>Null where none is sent.</summary>
    public string? Host { get; private set; }

    public int Port { get; private set; }

    public string? UserName { get; private set; }

    public string? Password { get; private set; }

    /// <summary>TLS from the first byte, rather than by STARTTLS.</summary>
    public bool IsTls { get; private set; }

    /// <summary>Whether a server without STARTTLS is refused. With a password it is always refused.</summary>
    public bool RequireTls { get; set; }

    public string From { get; set; } = "PayFlow <no-reply@payflow.example>";

    /// <summary>Where the wallet is, for the links.</summary>
    public string WalletUrl { get; set; } = "http://localhost:8080";

    /// <summary>After so many tries an e-mail is given up.</summary>
    public int MaxTries { get; set; } = 10;

    /// <summary>
    /// Whether mail goes to <see cref="ReservedDomains"/>. In Development it does: the sample people are there, and a
    /// mail sink takes what is sent to them.
    /// </summary>
    public bool SendsToReserved { get; set; }

    public bool IsConfigured => Host is not null;

    /// <exception cref="InvalidOperationException">The connection string names no server.</exception>
    public static MailOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection("Mail").Get<MailOptions>() ?? new MailOptions();
        if (configuration.GetConnectionString("smtp") is not { Length: > 0 } connection)
            return options;
        var parts = new DbConnectionStringBuilder();
        if (connection.StartsWith("Endpoint=", StringComparison.OrdinalIgnoreCase))
            parts.ConnectionString = connection;
        if (
            !Uri.TryCreate(
                parts.TryGetValue("Endpoint", out var endpoint) ? (string)endpoint : connection,
                UriKind.Absolute,
                out var uri
            ) || uri.Scheme is not ("smtp" or "smtps")
        )
        {
            throw new InvalidOperationException(
                "ConnectionStrings:smtp is an address such as smtp://user:password@host:587."
            );
        }

        var login = uri.UserInfo.Split(':', 2);
        options.IsTls = uri.Scheme == "smtps";
        options.Host = uri.Host;
        options.UserName =
            parts.TryGetValue("Username", out var user) ? (string)user
            : login[0].Length > 0 ? Uri.UnescapeDataString(login[0])
            : null;
        options.Password =
            parts.TryGetValue("Password", out var password) ? (string)password
            : login.Length == 2 ? Uri.UnescapeDataString(login[1])
            : null;
        options.Port =
            uri.Port > 0 ? uri.Port
            : options.IsTls ? SmtpsPort
            : options.UserName is null ? SmtpPort
            : SubmissionPort;
        return options;
    }
}
