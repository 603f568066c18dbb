namespace PayFlow.ServiceDefaults.Paging;

/// <summary>One page of a list, newest first. <paramref name="NextCursor"/> is null on the last one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
