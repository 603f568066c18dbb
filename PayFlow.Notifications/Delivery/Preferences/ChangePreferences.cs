using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary>
/// <c>PUT /notifications/preferences</c>: sets the caller's own choices. Choices that the body leaves out stay.
/// </summary>
public static class ChangePreferences
{
    private const int MaxChoices = 100;

    /// <param name="Choices">Those to change; what is left out stays.</param>
    public sealed record Request(IReadOnlyList<DeliveryChoice>? Choices) : IHasExample<Request>
    {
        public static Request Example => new([new DeliveryChoice("money_sent", "in_app", true)]);
    }

    public static async Task<Results<Ok<PreferencesResponse>, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        NotificationsDbContext db,
        IEnumerable<IDeliveryChannel> channels,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var choices = request.Choices ?? [];
        if (choices.Count is 0 or > MaxChoices)
            return Problem.Invalid("choices", $"Must have 1 to {MaxChoices} choices.");
        var all = channels.ToList();
        if (choices.Select(choice => Objection(choice, all)).FirstOrDefault(why => why is not null) is { } objection)
            return Problem.Invalid("choices", objection);
        if (choices.DistinctBy(choice => (choice.Kind, choice.Channel)).Count() < choices.Count)
            return Problem.Invalid("choices", "Give each kind and channel once.");
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into delivery_preferences (tenant_id, party_id, kind, channel, enabled, changed_at)
            select {caller.Tenant.Value}, {caller.PartyId.Value}, kind, channel, enabled, {clock.GetDatabaseNow()}
            from unnest(
              {choices.Select(choice => choice.Kind).ToArray()},
              {choices.Select(choice => choice.Channel).ToArray()},
              {choices.Select(choice => choice.Enabled).ToArray()}) v(kind, channel, enabled)
            order by kind, channel
            on conflict (tenant_id, party_id, kind, channel)
            do update set enabled = excluded.enabled, changed_at = excluded.changed_at
            """,
            cancellationToken
        );
        return TypedResults.Ok(await GetPreferences.ReadAsync(caller, db, all, cancellationToken));
    }

    private static string? Objection(DeliveryChoice? choice, List<IDeliveryChannel> channels)
    {
        if (choice is not { Kind: { } word, Channel: { } name })
            return "Give each choice a kind and a channel.";
        var kind = NotificationKinds.Of(word);
        return !kind.IsChosen
                ? "No such kind to choose. Use one of: "
                    + $"{string.Join(", ", NotificationKinds.Chosen.Select(one => one.Word))}."
            : !channels.Exists(channel => channel.Name == name && channel.Carries(kind))
                ? $"No such channel for {word}. Use one of: "
                    + $"{string.Join(", ", channels.Where(one => one.Carries(kind)).Select(one => one.Name))}."
            : null;
    }
}
