using Microsoft.AspNetCore.Http.HttpResults;

namespace PayFlow.Accounts.Identity;

/// <summary><c>GET /.well-known/jwks.json</c>: the public keys that tokens are checked with.</summary>
public static class PublishKeys
{
    public static ContentHttpResult Handle(SigningKeys keys, HttpResponse response)
    {
        // Shorter than the notice that a new key is given.
        response.Headers.CacheControl = "public, max-age=60";
        return TypedResults.Content(keys.KeySet, "application/json");
    }
}
