using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using PayFlow.Transactions.History;

namespace PayFlow.Transactions.Answers;

/// <summary>
/// Sends an accepted transaction as one piece with its length. Written as it is serialized it would go out as a chunk
/// and an end of chunks: twice the packets, here and again at the gateway.
/// </summary>
internal sealed class AcceptedAtOnce(Accepted<TransactionResponse> accepted) : IResult
{
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        return result is INestedHttpResult { Result: Accepted<TransactionResponse> accepted }
            ? new AcceptedAtOnce(accepted)
            : result;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = JsonSerializer.SerializeToUtf8Bytes(accepted.Value, json);
        var response = httpContext.Response;
        response.StatusCode = accepted.StatusCode;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.Location = accepted.Location;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }
}
