namespace PayFlow.Web.Wallet.Me;

/// <summary>One switch: whether a channel delivers a kind.</summary>
public sealed record PreferenceChoice(string Kind, string Channel, bool Enabled);
