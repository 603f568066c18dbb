namespace PayFlow.Web.SignIn;

public sealed record SignedInUser(Guid Id, Guid PartyId, string Name, string? Handle, IReadOnlyList<string> Roles);
