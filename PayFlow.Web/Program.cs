using MudBlazor.Services;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.Web.Api;
using PayFlow.Web.Components;
using PayFlow.Web.Gateway;
using PayFlow.Web.Live;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.SignIn;
using PayFlow.Web.Wallet;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccess();
builder.AddGateway();
builder.AddRateLimits();
builder.AddBrowserSession();
builder.AddWalletApi();
builder.AddLiveUpdates();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();
builder.Services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.TopCenter);
builder.Services.AddScoped<WalletSession>();
builder.Services.AddScoped<Browser>();

var app = builder.Build();
app.MapDefaultEndpoints();
// For people; the gateway gives each of its answers a problem as its body, which this leaves alone.
app.UsePageSecurity();
app.UseStatusCodePagesWithReExecute("/not-found");
app.UseGateway();
app.UseAuthentication();
app.UseRateLimits();
app.UseAuthorization();
app.UseAntiforgery();
app.MapGateway();
app.MapBrowserSession();
app.MapStaticAssets().AllowAnonymous();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization(BrowserSession.Policy);
app.Run();
