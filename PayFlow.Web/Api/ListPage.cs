namespace PayFlow.Web.Api;

public sealed record ListPage<T>(IReadOnlyList<T> Items, string? NextCursor, int Unread = 0);
