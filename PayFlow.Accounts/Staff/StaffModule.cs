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
        people.MapGet("/", GetPeople.ListAsync).For(Role.Support, Role.Auditor, Role.Admin);
        people.MapGet("/{id}", GetPeople.ByIdAsync).For(Role.Support, Role.Auditor, Role.Admin);
        people.MapPut("/{id}/roles", ChangePerson.RolesAsync).For(Role.Admin);
        people.MapPut("/{id}/tier", ChangePerson.TierAsync).For(Role.Admin);
        people.MapPost("/{id}/unlock", ChangePerson.UnlockAsync).For(Role.Admin);
        people.MapPost("/{id}/second-factor/remove", ChangePerson.RemoveSecondFactorAsync).For(Role.Admin);
        people.MapGet("/requests", ReviewPersonRequest.ListAsync).For(Role.Auditor, Role.Admin);
        people.MapGet("/requests/{id}", ReviewPersonRequest.ByIdAsync).For(Role.Auditor, Role.Admin);
        people.MapPost("/requests/{id}/approve", ReviewPersonRequest.ApproveAsync).For(Role.Admin);
        people.MapPost("/requests/{id}/reject", ReviewPersonRequest.RejectAsync).For(Role.Admin);
    }
}
