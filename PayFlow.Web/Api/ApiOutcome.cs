namespace PayFlow.Web.Api;

/// <summary>How a call to a service ended.</summary>
public enum ApiOutcome
{
    Ok,

    /// <summary>The service answered no (4xx): nothing was done.</summary>
    Refused,

    /// <summary>No answer, or none that says what happened: it may have been done.</summary>
    Unknown,
}
