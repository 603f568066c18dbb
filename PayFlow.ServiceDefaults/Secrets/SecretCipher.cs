using System.Security.Cryptography;
using System.Text;

namespace PayFlow.ServiceDefaults.Secrets;

/// <summary>
/// Encrypts the few secrets that must be readable again (AES-256-GCM), so that a copy of the database alone is worth
/// nothing. Each purpose has a key of its own, and what was encrypted for one row does not open in another.
/// </summary>
/// <param name="key">Random text of <see cref="MinKeyLength"/> characters and more, from configuration.</param>
public sealed class SecretCipher(string key)
{
    public const int MinKeyLength = 32;

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

    /// <exception cref="CryptographicException">
    /// It was encrypted with another key, for something else, or was changed.
    /// </exception>
    public byte[] Decrypt(string purpose, Guid row, byte[] all)
    {
        if (all.Length < NonceBytes + TagBytes)
            throw new CryptographicException("That is too short to be a ciphertext.");
        var secret = new byte[all.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(Key(purpose), TagBytes);
        aes.Decrypt(Nonce(all), Text(all), Tag(all), secret, row.ToByteArray());
        return secret;
    }

    /// <summary>
    /// For what is only compared: a keyed hash (HMAC-SHA-256), so that a short secret cannot be tried out from a copy
    /// of the database alone.
    /// </summary>
    public byte[] Mac(string purpose, Guid row, string secret) =>
        HMACSHA256.HashData(Key(purpose), (byte[])[.. row.ToByteArray(), .. Encoding.UTF8.GetBytes(secret)]);

    private static Span<byte> Nonce(byte[] all) => all.AsSpan(0, NonceBytes);

    private static Span<byte> Tag(byte[] all) => all.AsSpan(NonceBytes, TagBytes);

    private static Span<byte> Text(byte[] all) => all.AsSpan(NonceBytes + TagBytes);

    private byte[] Key(string purpose) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(key),
            KeyBytes,
            info: Encoding.UTF8.GetBytes("payflow " + purpose)
        );
}
