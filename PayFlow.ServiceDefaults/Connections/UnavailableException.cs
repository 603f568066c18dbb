namespace PayFlow.ServiceDefaults.Connections;

/// <summary>Nothing was done, for a reason that passes; a request is answered with 503 <c>unavailable</c>.</summary>
/// <param name="detail">What is in the way and what to do, for the client.</param>
public sealed class UnavailableException(string detail) : Exception(detail);
