using System.Net.Http.Headers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A person that no other test knows, who has signed in, and an account of theirs.</summary>
public sealed record Person(
    Guid Account,
    Guid Owner,
    string Number,
    string Handle,
    string Email,
    AuthenticationHeaderValue Token
);
