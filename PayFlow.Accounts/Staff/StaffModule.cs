using PayFlow.ServiceDefaults.Access;

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
        people.MapGet("/", GetPeople.ListAsync).RequireRoles(Role.Support, Role.Auditor, Role.Admin);
        people.MapGet("/{id}", GetPeople.ByIdAsync).RequireRoles(Role.Support, Role.Auditor, Role.Admin);
        people.MapPut("/{id}/roles", ChangePerson.RolesAsync).RequireRoles(Role.Admin);
        people.MapPut("/{id}/tier", ChangePerson.TierAsync).RequireRoles(Role.Admin);
        people.MapPost("/{id}/unlock", ChangePerson.UnlockAsync).RequireRoles(Role.Admin);
        people.MapPost("/{id}/second-factor/remove", ChangePerson.RemoveSecondFactorAsync).RequireRoles(Role.Admin);
        people.MapGet("/requests", ReviewPersonRequest.ListAsync).RequireRoles(Role.Auditor, Role.Admin);
        people.MapGet("/requests/{id}", ReviewPersonRequest.ByIdAsync).RequireRoles(Role.Auditor, Role.Admin);
        people.MapPost("/requests/{id}/approve", ReviewPersonRequest.ApproveAsync).RequireRoles(Role.Admin);
        people.MapPost("/requests/{id}/reject", ReviewPersonRequest.RejectAsync).RequireRoles(Role.Admin);
    }
}
