using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;

namespace PayFlow.Accounts.Staff;

/// <summary>A change of a person that waits for another admin, or was decided by one.</summary>
/// <param name="Kind"><c>admin_role</c> or <c>second_factor_removal</c>.</param>
/// <param name="Roles">All roles that the person gets by <c>admin_role</c>; null otherwise.</param>
/// <param name="Status"><c>pending</c>, <c>approved</c> or <c>rejected</c>.</param>
public sealed record PersonRequestResponse(
    Guid Id,
    Guid PersonId,
    [property: Words(typeof(PersonRequestKind))] string Kind,
    [property: Words(typeof(Role))] IReadOnlyList<string>? Roles,
    string Reason,
    [property: Words("pending", "approved", "rejected")] string Status,
    Guid RequestedBy,
    DateTimeOffset RequestedAt,
    Guid? DecidedBy,
    DateTimeOffset? DecidedAt
)
{
    public static PersonRequestResponse From(PersonRequestRow row) =>
        new(
            row.Id,
            row.UserId,
            row.Kind,
            row.Roles,
            row.Reason,
            row.Status,
            row.RequestedBy,
            row.RequestedAt,
            row.DecidedBy,
            row.DecidedAt
        );
}
