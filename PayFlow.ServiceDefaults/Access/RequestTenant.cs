using Microsoft.AspNetCore.Http;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>The tenant of a request.</summary>
public static class RequestTenant
{
    /// <summary>On requests between services, whose token is for all tenants.</summary>
    public const string Header = "X-Tenant";

    /// <summary>Of the access token; on a path between services, of the header.</summary>
    public static TenantId Of(HttpContext context) =>
        Caller.Of(context) is { } caller ? caller.Tenant
        : context.GetEndpoint() is { } route
        && ServiceToken.CallersOf(route) is not null
        && TenantId.TryParse(context.Request.Headers[Header], null, out var named)
            ? named
        : TenantSources.Requests;

    /// <summary>Names the tenant in a request to another service.</summary>
    public static HttpRequestMessage For(this HttpRequestMessage request, TenantId tenant)
    {
        request.Headers.Add(Header, tenant.ToString());
        return request;
    }
}
