using PayFlow.Notifications.AuditCheckpoints;
using PayFlow.Notifications.Data;
using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Email;
using PayFlow.Notifications.Inbox;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.DeadLetters;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;

BatchScheduling.Begin();
var builder = WebApplication.CreateBuilder(args);

// Here, so that the comments of this code are part of the document; AddServiceDefaults adds all else.
builder.Services.AddOpenApi("v1");
builder.AddServiceDefaults();
builder.AddHeadRequests();
builder.AddAccess();
builder.AddServiceDatabase<NotificationsDbContext>("notificationsdb");
builder.AddMessaging(Topics.Notifications);
builder.AddCommits();
builder.AddDeadLetters();
builder.AddAudit<NotificationsDbContext>("notifications");
builder.AddDelivery();
builder.AddInbox();
builder.AddEmail();
builder.AddAuditCheckpoints();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseRequestLimits();
app.UseAccess();
app.MapDeadLetters("notifications");
app.MapAudit();
app.MapInbox();
app.MapDelivery();
app.MapEmail();
app.MapAuditCheckpoints();
app.Run();
