using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Web.SignIn;

/// <summary>
/// The keys that cookies and forms are protected with. Replicas must read each other's cookies, and a restart must not
/// sign everybody out, so they are kept; and they are kept encrypted, since cookies can be made with them.
/// <c>DataProtection:KeyPath</c> is the folder that replicas share, <c>DataProtection:Key</c> what encrypts them: one
/// random text, or a new one and the one before, parted by a comma.
/// </summary>
public static class CookieKeys
{
    private const string Setting = "DataProtection:Key";

    // Beside what earlier versions have kept in the clear, which counts no more.
    private const string Folder = "encrypted";

    private const int NameBytes = 8;

    /// <exception cref="InvalidOperationException">There is no usable key, and this is not development.</exception>
    public static void AddCookieKeys(this WebApplicationBuilder builder)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("PayFlow.Web");
        var secrets = (builder.Configuration[Setting] ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        var isUsable =
            secrets.Length > 0 && Array.TrueForAll(secrets, secret => secret.Length >= SecretCipher.MinKeyLength);
        if (!isUsable && !builder.Environment.IsDevelopment())
        {
            throw new InvalidOperationException(
                $"{Setting} needs random text of {SecretCipher.MinKeyLength} characters and more, the same for all "
                    + "replicas. PayFlow.AppHost and deploy/k3s/secrets give one."
            );
        }

        var path = builder.Configuration["DataProtection:KeyPath"];
        if (path is not null)
            protection.PersistKeysToFileSystem(new DirectoryInfo(isUsable ? Path.Combine(path, Folder) : path));
        if (!isUsable)
            return;
        // On one machine several checkouts may run, each with a secret of its own: none finds keys that it cannot read.
        if (path is null)
            protection.PersistKeysToFileSystem(new DirectoryInfo(OwnFolder(secrets[0])));
        builder.Services.AddSingleton(new CookieKeyCiphers([.. secrets.Select(secret => new SecretCipher(secret))]));
        builder
            .Services.AddOptions<KeyManagementOptions>()
            .Configure<CookieKeyCiphers>((keys, ciphers) => keys.XmlEncryptor = new CookieKeyEncryptor(ciphers));
    }

    private static string OwnFolder(string secret) =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.DoNotVerify
            ),
            "PayFlow",
            "cookie-keys",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))[..NameBytes])
        );
}
