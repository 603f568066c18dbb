using PayFlow.ServiceDefaults.Http;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class PathTemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/", "/")]
    [InlineData("/api/v1/accounts/00000000-0000-7000-8001-000000000001/balance", "/api/v1/accounts/{id}/balance")]
    [InlineData("/api/v1/accounts/number/123456789011", "/api/v1/accounts/number/{id}")]
    [InlineData("/api/v1/accounts/@neha", "/api/v1/accounts/{id}")]
    [InlineData("/api/v1/accounts/neha@payflow.example", "/api/v1/accounts/{id}")]
    [InlineData("/api/v1/accounts/neha_rao7/", "/api/v1/accounts/{id}/")]
    [InlineData("/api/v1/transactions", "/api/v1/transactions")]
    [InlineData("/.well-known/jwks.json", "/.well-known/jwks.json")]
    [InlineData("/openapi/accounts/v1.json", "/openapi/accounts/v1.json")]
    [InlineData("/_blazor", "/_blazor")]
    [InlineData("/api/\n2026 forged line", "/api/{id}")]
    [InlineData("/api/aaaaaaaaaabbbbbbbbbbccccccccccd", "/api/{id}")]
    public void A_path_keeps_its_words_and_loses_its_names(string path, string template) =>
        Assert.Equal(template, PathTemplate.Of(path.AsSpan()));
}
