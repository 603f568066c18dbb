using System.Net.Http.Headers;

namespace PayFlow.Benchmarks.Product;

/// <summary>Somebody with a wallet, signed in.</summary>
internal sealed class Person(Guid account, Guid session)
{
    public Guid Account { get; } = account;

    public Guid Session { get; } = session;

    public string Token { get; set; } = "";

    public AuthenticationHeaderValue Authorization => new("Bearer", Token);
}
