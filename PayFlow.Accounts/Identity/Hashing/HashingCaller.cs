using System.Security.Cryptography;
using System.Text;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Who asks for hashes: a signed-in user, or an anonymous client address with the login that it tries.
/// </summary>
/// <param name="IsAlone">Whether a second request is refused while the first one is not answered.</param>
/// <param name="Counts">The buckets that the request is taken from, by key; the first key is the caller's own.</param>
public sealed record HashingCaller(
    HashingLane Lane,
    bool IsAlone,
    IReadOnlyList<(string Key, HashingBucket Bucket)> Counts
)
{
    public string Key => Counts[0].Key;

    /// <param name="login">The e-mail address to sign in with, where the request names one.</param>
    public static HashingCaller Of(HttpContext http, HashingLane lane, string? login, HashingLimits limits)
    {
        // On an anonymous route a token is worth nothing, or it would be a way past the client address's bucket.
        if (lane != HashingLane.SignIns)
        {
            return new HashingCaller(lane, true, [($"user {Caller.Of(http)!.UserId}", limits.User)]);
        }

        var origin = ClientAddress.Of(http);
        var address = ($"address {origin}", limits.Address);
        return login is null
            ? new HashingCaller(lane, false, [address])
            : new HashingCaller(
                lane,
                true,
                [($"login {Short(EmailAddresses.Key(login))} {origin}", limits.Login), address]
            );
    }

    // The text is the client's: it may be long, and it tells who somebody is.
    private static string Short(string login) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(login)));
}
