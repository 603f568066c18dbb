using PayFlow.Notifications.Audit;
using PayFlow.Notifications.Data;
using PayFlow.Notifications.Notifications;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccess();
builder.AddServiceDatabase<NotificationsDbContext>("notificationsdb");
builder.AddMessaging();
builder.AddAudit<NotificationsDbContext>("notifications");
builder.AddMessageHandler<NotificationsConsumer>(Topics.NotificationsGroup);
builder.AddMessageHandler<KeptHeads>(Topics.AuditGroup);
builder.Services.AddSingleton<IAuditHeads>(services => services.GetRequiredService<KeptHeads>());

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseTimeLimit();
app.UseAccess();
app.MapParking("notifications");
app.MapAudit();
app.MapNotifications();
app.MapKeptHeads();
app.Run();
