using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using PayFlow.Web.Api;

namespace PayFlow.Web.Tests;

/// <summary>The services as a screen meets them: what each path answers, and what it was sent.</summary>
internal sealed class FakeServices : HttpMessageHandler, IHttpClientFactory
{
    private readonly Dictionary<string, Func<Task<HttpResponseMessage>>> _answers = new(StringComparer.Ordinal);

    public List<(string Path, string? Key, string? Confirmation, string Body)> Posted { get; } = [];

    public List<(string Path, string Body)> Put { get; } = [];

    public List<string> Deleted { get; } = [];

    /// <summary>The headers of the last request.</summary>
    public HttpRequestHeaders? Headers { get; private set; }

    public FakeServices Answers<T>(string path, T value, HttpStatusCode status = HttpStatusCode.OK) =>
        Set(path, () => Task.FromResult(new HttpResponseMessage(status) { Content = JsonContent.Create(value) }));

    public FakeServices IsAway(string path) =>
        Set(path, () => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));

    /// <returns>Completes the answer when it is set.</returns>
    public TaskCompletionSource<HttpResponseMessage> Waits(string path)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        Set(path, () => answer.Task);
        return answer;
    }

    public HttpClient CreateClient(string name) =>
        new(this, disposeHandler: false) { BaseAddress = new Uri("http://accounts") };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var path = request.RequestUri!.AbsolutePath;
        Headers = request.Headers;
        if (request.Method == HttpMethod.Delete)
            Deleted.Add(path);
        if (request.Method == HttpMethod.Put)
            Put.Add((path, await request.Content!.ReadAsStringAsync(cancellationToken)));
        if (request.Method == HttpMethod.Post)
        {
            var key = request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null;
            var confirmation = request.Headers.TryGetValues("Payment-Confirmation", out var confirmations)
                ? confirmations.Single()
                : null;
            if (!path.StartsWith("/internal/", StringComparison.Ordinal))
                Posted.Add(
                    (
                        path,
                        key,
                        confirmation,
                        request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)
                    )
                );
            path = "POST " + path;
        }

        // With its query where a test tells queries apart.
        var whole = path + request.RequestUri.Query;
        return _answers.TryGetValue(whole, out var answer) || _answers.TryGetValue(path, out answer)
            ? await answer()
            : new HttpResponseMessage(HttpStatusCode.NotFound)
            {
                Content = JsonContent.Create(new ApiProblem { Code = "not_found", Status = 404 }),
            };
    }

    private FakeServices Set(string path, Func<Task<HttpResponseMessage>> answer)
    {
        _answers[path] = answer;
        return this;
    }
}
