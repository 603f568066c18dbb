using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web;
using PayFlow.Web.Circuits;
using PayFlow.Web.Gateway;
using PayFlow.Web.Live;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.Reference;
using PayFlow.Web.Shared;
using PayFlow.Web.SignIn;
using PayFlow.Web.Wallet;

BatchScheduling.Begin();
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddHeadRequests();
builder.AddAccess();
builder.AddGateway();
builder.AddRateLimits();
builder.AddBrowserSession();
builder.AddWallet();
builder.AddLiveUpdates();
builder.AddCircuits();

var app = builder.Build();
app.Use(OwnTraces.LinkAsync);
app.UseRouting();
app.UseSecurityHeaders();
app.MapDefaultEndpoints();

// For people; the gateway gives each of its answers a problem as its body, which this leaves alone.
app.UsePageSecurity();
app.UseStatusCodePagesWithReExecute("/not-found");
app.UseGateway();
app.UseOwnOrigin();
app.UseAuthentication();
app.UseRateLimits();
app.UseAuthorization();
app.UseAntiforgery();
app.UseSignInRedirect();
app.MapGateway();
app.MapApiReference();
app.MapBrowserSession();
app.MapStaticAssets().AllowAnonymous();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization(BrowserSession.Policy);
app.Run();
