using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Accounts.Identity;

/// <summary><c>GET /.well-known/jwks.json</c>: the public keys that tokens are checked with.</summary>
public static class PublishKeys
{
    /// <summary>A JSON Web Key Set (RFC 7517).</summary>
    /// <param name="Keys">The key that signs, and those whose tokens are still valid.</param>
    public sealed record Response(IReadOnlyList<IReadOnlyDictionary<string, string>> Keys) : IHasExample<Response>
    {
        public static Response Example =>
            new([
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["kty"] = "EC",
                    ["crv"] = "P-256",
                    ["use"] = "sig",
                    ["kid"] = "2026-01",
                    ["x"] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    ["y"] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                },
            ]);
    }

    public static ContentHttpResult Handle(SigningKeys keys, HttpResponse response)
    {
        // Shorter than the notice that a new key is given.
        response.Headers.CacheControl = "public, max-age=60";
        return TypedResults.Content(keys.KeySet, "application/json");
    }
}
