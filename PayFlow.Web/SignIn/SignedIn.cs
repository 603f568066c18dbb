namespace PayFlow.Web.SignIn;

/// <param name="Secret">
/// Of the session, for the browser's cookie. It does not come from Accounts, which knows its hash.
/// </param>
public sealed record SignedIn(Guid SessionId, SignedInUser User, string Secret = "");
