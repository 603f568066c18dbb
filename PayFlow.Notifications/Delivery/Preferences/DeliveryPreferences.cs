namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary>How the statements of channels respect what people chose.</summary>
public static class DeliveryPreferences
{
    /// <summary>
    /// Leaves out the rows of <c>v(tenant, recipient, choice, …)</c> whose recipient switched the channel <c>$12</c>
    /// off. It is part of the insert, so that a payment needs no statement more. A lateral look-up reads one row for
    /// each, whatever the planner believes of the table.
    /// </summary>
    public const string Join = """
        left join lateral (
          select p.enabled from delivery_preferences p
          where v.choice is not null and p.tenant_id = v.tenant and p.party_id = v.recipient and p.kind = v.choice
            and p.channel = $12
          limit 1) chosen on true
        where chosen.enabled is not false
        """;
}
