using System.Net;
using System.Text.Json;
using Polly;

namespace PayFlow.Web.Api;

/// <summary>What a service's response means to a screen.</summary>
internal static class ApiAnswers
{
    public static async Task<ApiAnswer<T>> ReadAsync<T>(
        Func<Task<HttpResponseMessage>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            using var response = await ask();
            if (response.IsSuccessStatusCode && typeof(T) == typeof(object))
                return ApiAnswer<T>.Ok((T)new object());
            if (response.IsSuccessStatusCode)
            {
                return
                    await response.Content.ReadFromJsonAsync<T>(ShownTextConverter.Options, cancellationToken)
                        is { } value
                    ? ApiAnswer<T>.Ok(value)
                    : ApiAnswer<T>.Unknown();
            }

            var problem = await ReadProblemAsync(response, cancellationToken);
            // A first request with the same key may still be at work (409); from 500 on nobody knows what was done.
            return
                (int)response.StatusCode >= 500
                || response.StatusCode == HttpStatusCode.RequestTimeout
                || problem.Code == "request_in_progress"
                || response.HidesAnEarlierTry()
                ? ApiAnswer<T>.Unknown(problem)
                : ApiAnswer<T>.Refused(problem);
        }
        catch (Exception lost) when (IsLost(lost) && !cancellationToken.IsCancellationRequested)
        {
            return ApiAnswer<T>.Unknown();
        }
    }

    /// <summary>No answer came, or none that can be read.</summary>
    public static bool IsLost(Exception failure) =>
        failure
            is HttpRequestException
                or IOException
                or JsonException
                or OperationCanceledException
                or ExecutionRejectedException;

    private static async Task<ApiProblem> ReadProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var problem =
                await response.Content.ReadFromJsonAsync<ApiProblem>(ShownTextConverter.Options, cancellationToken)
                ?? new ApiProblem();
            return problem with { Status = (int)response.StatusCode };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return new ApiProblem { Status = (int)response.StatusCode };
        }
    }
}
