namespace PayFlow.ServiceDefaults.Access;

internal sealed class AuthorityUnavailableException(Exception? reason = null)
    : Exception("It cannot be known whether a token is good.", reason);
