namespace PayFlow.Web.RateLimiting;

/// <summary>Whether a token was there, and how many others are.</summary>
public readonly record struct BucketAnswer(bool IsTaken, int Left);
