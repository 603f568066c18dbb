namespace PayFlow.Web.Wallet.Holds;

/// <summary>A page of holds.</summary>
public sealed record HoldList(IReadOnlyList<Hold> Items, string? NextCursor);
