using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.ServiceDefaults.Failures;

/// <summary>All that users and clients read of one reason.</summary>
public sealed record Failure(FailureReason Reason)
{
    /// <summary>The reason's word in events, responses and problems. It never changes.</summary>
    public string Code { get; } = EnumNames.Of(Reason);

    /// <summary>The HTTP status of the problem with this code.</summary>
    public int Status { get; init; } = 422;

    /// <summary>The problem's title, for the developer of a client.</summary>
    public required string Title { get; init; }

    /// <summary>Why the payment failed and what the payer can do.</summary>
    public required LocalText ToPayer { get; init; }

    /// <summary>The reason in a row of a list, without an end mark.</summary>
    public required string Brief { get; init; }
}
