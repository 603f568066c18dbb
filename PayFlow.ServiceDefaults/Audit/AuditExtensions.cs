using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Audit;

public static class AuditExtensions
{
    /// <summary>
    /// Gives a service its audit log, which units of work write. The model needs <see cref="AuditTables.AddAudit"/>.
    /// Notifications keeps the heads, unless an <see cref="IAuditHeads"/> is registered.
    /// </summary>
    /// <param name="service">As in the path of its audit log, such as <c>accounts</c>.</param>
    public static IHostApplicationBuilder AddAudit<TContext>(this IHostApplicationBuilder builder, string service)
        where TContext : DbContext
    {
        builder.Services.AddSingleton(new AuditOptions(service));
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddScoped(services => new AuditRows(services.GetRequiredService<TContext>()));
        builder.Services.AddHostedService<AuditHeadAnnouncer>();
        builder
            .Services.AddHttpClient(
                RemoteAuditHeads.ClientName,
                http => http.BaseAddress = new Uri("http://notifications")
            )
            .WithServiceToken(ServiceToken.Notifications);
        builder.Services.TryAddSingleton<IAuditHeads, RemoteAuditHeads>();
        return builder;
    }

    /// <summary><c>GET /{service}/audit</c> and <c>GET /{service}/audit/verify</c>, for auditors and admins.</summary>
    public static void MapAudit(this WebApplication app)
    {
        // The gateway says who asked it. Only a proxy on this machine is believed, unless
        // ASPNETCORE_FORWARDEDHEADERS_ENABLED says otherwise.
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        var service = app.Services.GetRequiredService<AuditOptions>().Service;
        var audit = app.MapGroup($"/{service}/audit").WithTags("Audit");
        audit.RequireRoles(Role.Auditor, Role.Admin);
        audit
            .MapGet("/", ListAudit.HandleAsync)
            .Describe(
                ApiTags.IdFor("list", service, "Audit"),
                "List the audit log",
                "Searched by action, actor, subject and time. Newest first, a page at a time. As `text/csv` or "
                    + "`application/x-ndjson` it answers with all rows in one stream."
            )
            .AnswersAlso("id,at,action", ListAudit.Csv, ListAudit.NdJson)
            .Answers(ProblemCodes.InvalidCursor);
        audit
            .MapGet("/verify", VerifyAudit.HandleAsync)
            .Describe(
                ApiTags.IdFor("verify", service, "Audit"),
                "Verify the audit log",
                "Proves a part of the log row by row. Go on with `nextCursor` until it is null."
            )
            .Answers(ProblemCodes.InvalidCursor);
    }
}
