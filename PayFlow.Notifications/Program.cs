using PayFlow.Notifications.Data;
using PayFlow.Notifications.Notifications;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccess();
builder.AddServiceDatabase<NotificationsDbContext>("notificationsdb");
builder.AddMessaging();
builder.AddMessageHandler<NotificationsConsumer>(Topics.NotificationsGroup);

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseAccess();
app.MapParking("notifications");
app.MapNotifications();
app.Run();
