namespace PayFlow.Web.Api;

/// <summary>RFC 9457, as far as the wallet reads it.</summary>
/// <param name="Reason">Of <c>confirmation_required</c>: <c>amount</c>, <c>new_payee</c> or <c>day_sum</c>.</param>
/// <param name="TriesLeft">Of <c>wrong_pin</c> and <c>wrong_code</c>: the wrong tries before the next lock.</param>
/// <param name="LockedUntil">Of <c>too_many_tries</c>.</param>
public sealed record ApiProblem(
    string? Title = null,
    int Status = 0,
    string? Detail = null,
    string? Code = null,
    string? TraceId = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors = null,
    string? Reason = null,
    int? TriesLeft = null,
    DateTimeOffset? LockedUntil = null
);
