using System.Security.Cryptography;
using System.Text;
using PayFlow.Accounts.People;

namespace PayFlow.Accounts.Tokens;

/// <summary>
/// Encrypts the few secrets that must be readable again (AES-256-GCM), so that a copy of the database alone is worth nothing. Each
/// purpose has a key of its own, and what was encrypted for one row does not open in another.
/// </summary>
public sealed class SecretCipher(PeopleOptions options)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <returns>Nonce, tag and ciphertext in a row.</returns>
    public byte[] Encrypt(string purpose, Guid row, ReadOnlySpan<byte> secret)
    {
        var all = new byte[NonceBytes + TagBytes + secret.Length];
        RandomNumberGenerator.Fill(Nonce(all));
        using var aes = new AesGcm(Key(purpose), TagBytes);
        aes.Encrypt(Nonce(all), secret, Text(all), Tag(all), row.ToByteArray());
        return all;
    }

    /// <exception cref="CryptographicException">It was encrypted with another key, for something else, or was changed.</exception>
    public byte[] Decrypt(string purpose, Guid row, byte[] all)
    {
        var secret = new byte[all.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(Key(purpose), TagBytes);
        aes.Decrypt(Nonce(all), Text(all), Tag(all), secret, row.ToByteArray());
        return secret;
    }

    private static Span<byte> Nonce(byte[] all) => all.AsSpan(0, NonceBytes);

    private static Span<byte> Tag(byte[] all) => all.AsSpan(NonceBytes, TagBytes);

    private static Span<byte> Text(byte[] all) => all.AsSpan(NonceBytes + TagBytes);

    private byte[] Key(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.KeyEncryptionKey), KeyBytes, info: Encoding.UTF8.GetBytes("payflow " + purpose));
}
