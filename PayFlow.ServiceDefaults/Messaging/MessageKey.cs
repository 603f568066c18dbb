using System.Security.Cryptography;
using System.Text;

namespace PayFlow.ServiceDefaults.Messaging;

/// <param name="Id">
/// Tells the key from others without telling anything of it. It is made of the key, so nobody has to configure it.
/// </param>
/// <param name="Secret">
/// What messages are signed with. It is made of the configured text, for this purpose alone.
/// </param>
public sealed record MessageKey(string Id, ReadOnlyMemory<byte> Secret)
{
    /// <param name="name">
    /// Which of <see cref="MessageKeys"/> it is. The same text under two names makes two keys.
    /// </param>
    internal static MessageKey Of(string name, string text)
    {
        var source = Encoding.UTF8.GetBytes(text);
        return new MessageKey(Convert.ToHexStringLower(Derive(source, name, "id", 4)), Derive(source, name, "key", 32));
    }

    private static byte[] Derive(byte[] source, string name, string use, int bytes) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            source,
            bytes,
            info: Encoding.UTF8.GetBytes($"payflow messages {name} {use}")
        );
}
