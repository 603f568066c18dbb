namespace PayFlow.ServiceDefaults.Connections;

/// <summary>The work was not done for a transient reason; the response is a 503 <c>unavailable</c>.</summary>
/// <param name="detail">What is in the way and what to do, for the client.</param>
public sealed class UnavailableException(string detail) : Exception(detail);
