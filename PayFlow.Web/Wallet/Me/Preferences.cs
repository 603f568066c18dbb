namespace PayFlow.Web.Wallet.Me;

/// <summary>By which channels the person gets which notifications.</summary>
public sealed record Preferences(IReadOnlyList<PreferenceChoice> Choices, IReadOnlyList<string> Always);
