namespace PayFlow.Accounts.Identity;

/// <summary>A request's body that names the e-mail address to sign in with.</summary>
public interface INamesLogin
{
    string Email { get; }
}
