using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary><c>GET /notifications/preferences</c>: the caller's own.</summary>
public static class GetPreferences
{
    public static async Task<Ok<PreferencesResponse>> HandleAsync(
        Caller caller,
        NotificationsDbContext db,
        IEnumerable<IDeliveryChannel> channels,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await ReadAsync(caller, db, channels, cancellationToken));

    internal static async Task<PreferencesResponse> ReadAsync(
        Caller caller,
        NotificationsDbContext db,
        IEnumerable<IDeliveryChannel> channels,
        CancellationToken cancellationToken
    )
    {
        var off = await db
            .DeliveryPreferences.AsNoTracking()
            .Where(row => row.PartyId == caller.PartyId.Value && !row.Enabled)
            .ToListAsync(cancellationToken);
        var all = channels.ToList();
        return new PreferencesResponse(
            [
                .. from kind in NotificationKinds.Chosen
                from channel in all
                where channel.Carries(kind)
                select new DeliveryChoice(
                    kind.Word,
                    channel.Name,
                    !off.Exists(row => row.Kind == kind.Word && row.Channel == channel.Name)
                ),
            ],
            [.. all.Where(channel => channel.Carries(NotificationKinds.Security)).Select(channel => channel.Name)]
        );
    }
}
