using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// A session was revoked: by its user, by staff, after a new password or role, or because its refresh token was used
/// twice. Its access tokens are refused from now on. A change of password, PIN or second factor publishes one for the
/// stamp of payment confirmations (<c>PaymentConfirmationClaims.Proof</c>).
/// </summary>
/// <param name="SessionId">The session's id, or the stamp.</param>
/// <param name="TokensEndAt">By then the last access token of the session has expired, and it can be forgotten.</param>
public sealed record SessionRevoked(
    TenantId TenantId,
    SessionId SessionId,
    UserId UserId,
    DateTimeOffset RevokedAt,
    DateTimeOffset TokensEndAt
) : IEvent<SessionRevoked>
{
    public const string TopicName = "session-revoked";

    static Topic IEvent<SessionRevoked>.Topic { get; } =
        new(TopicName, 1) { Writers = [Topics.Accounts], Listeners = Topics.Everybody };

    static JsonTypeInfo<SessionRevoked> IEvent<SessionRevoked>.Json => EventJson.Default.SessionRevoked;

    string IEvent.EventId => $"session-revoked/{SessionId}";

    string IEvent.PartitionKey => SessionId.ToString();

    DateTimeOffset IEvent.OccurredAt => RevokedAt;
}
