using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Staff;

/// <summary>Staff read and change people (docs/adr/0015-two-admins-are-two-people.md).</summary>
public static class StaffModule
{
    public static void AddStaff(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddScoped<ChangePerson>();
        services.AddScoped<PersonRequests>();
        services.AddScoped<ReviewPersonRequest>();
        services.AddScoped<FourEyes>();
        services.AddScoped<AdminNews>();
        services.AddHostedService<FirstAdmin>();
    }

    public static void MapStaff(this WebApplication app)
    {
        var people = app.MapGroup("/people").WithTags("People");
        people
            .MapGet("/", GetPeople.ListAsync)
            .RequireRoles(Role.Support, Role.Auditor, Role.Admin)
            .Describe(
                "listPeople",
                "List people",
                "`q` is a part of a name, or a whole handle or address. Newest first, a page at a time."
            )
            .Answers(ProblemCodes.InvalidCursor);
        people
            .MapGet("/{id}", GetPeople.ByIdAsync)
            .RequireRoles(Role.Support, Role.Auditor, Role.Admin)
            .Describe("getPerson", "Get a person", "A login with its roles and locks. It shows no secret.")
            .Answers(StaffProblems.PersonNotFound);
        people
            .MapPut("/{id}/roles", ChangePerson.RolesAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                "changeRoles",
                "Change the roles of a person",
                "Sets all roles. A new admin waits for a second admin and is answered with a 202. The sessions of "
                    + "the person end."
            )
            .Answers(StaffProblems.PersonNotFound, ProblemCodes.Forbidden, StaffProblems.AlreadyRequested);
        people
            .MapPut("/{id}/tier", ChangePerson.TierAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                "changeTier",
                "Change the tier of a person",
                "The tier decides the limits. The sessions of the person end."
            )
            .Answers(StaffProblems.PersonNotFound, ProblemCodes.Forbidden);
        people
            .MapPost("/{id}/unlock", ChangePerson.UnlockAsync)
            .RequireRoles(Role.Admin)
            .Describe("unlockPerson", "Unlock a person", "Ends the locks that follow from wrong attempts.")
            .Answers(StaffProblems.PersonNotFound, ProblemCodes.Forbidden);
        people
            .MapPost("/{id}/second-factor/remove", ChangePerson.RemoveSecondFactorAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                "removeSecondFactor",
                "Ask to remove a second factor",
                "For a person who lost the phone. It waits for a second admin."
            )
            .Answers(
                StaffProblems.PersonNotFound,
                ProblemCodes.Forbidden,
                StaffProblems.AlreadyRequested,
                IdentityProblems.SecondFactorState
            );
        MapRequests(people);
    }

    private static void MapRequests(RouteGroupBuilder people)
    {
        people
            .MapGet("/requests", ReviewPersonRequest.ListAsync)
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe(
                "listPersonRequests",
                "List requests about people",
                "What waits for a second admin, and what was decided. Newest first, a page at a time."
            )
            .Answers(ProblemCodes.InvalidCursor);
        people
            .MapGet("/requests/{id}", ReviewPersonRequest.ByIdAsync)
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe("getPersonRequest", "Get a request about a person", "One request with its decision.")
            .Answers(ProblemCodes.NotFound);
        people
            .MapPost("/requests/{id}/approve", ReviewPersonRequest.ApproveAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                "approvePersonRequest",
                "Approve a request about a person",
                "Makes the change. Nobody approves a request of their own."
            )
            .Answers(
                ProblemCodes.NotFound,
                ProblemCodes.AlreadyDecided,
                ProblemCodes.Forbidden,
                IdentityProblems.SecondFactorState
            );
        people
            .MapPost("/requests/{id}/reject", ReviewPersonRequest.RejectAsync)
            .RequireRoles(Role.Admin)
            .Describe("rejectPersonRequest", "Reject a request about a person", "Every admin may reject it.")
            .Answers(ProblemCodes.NotFound, ProblemCodes.AlreadyDecided, ProblemCodes.Forbidden);
    }
}
