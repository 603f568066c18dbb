using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

/// <summary>Why a request that hashes is refused, and when to send it again.</summary>
public sealed record HashingRefusal(ProblemCode Code, string Detail, TimeSpan Wait);
