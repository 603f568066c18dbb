using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// The JSON of event bodies: camel case, no null values, generated at build time. Readers ignore unknown fields.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AccountCreated))]
[JsonSerializable(typeof(AccountUpdated))]
[JsonSerializable(typeof(BalanceUpdated))]
[JsonSerializable(typeof(TransactionInitiated))]
[JsonSerializable(typeof(PostingRequested))]
[JsonSerializable(typeof(PostingCompleted))]
[JsonSerializable(typeof(DebitCompleted))]
[JsonSerializable(typeof(CreditCompleted))]
[JsonSerializable(typeof(DebitFailed))]
[JsonSerializable(typeof(AdjustmentPosted))]
[JsonSerializable(typeof(TransactionCompleted))]
[JsonSerializable(typeof(TransactionFailed))]
[JsonSerializable(typeof(NotificationRequest))]
[JsonSerializable(typeof(NotificationCreated))]
[JsonSerializable(typeof(SessionRevoked))]
[JsonSerializable(typeof(PayeesForgotten))]
[JsonSerializable(typeof(AuditHead))]
public sealed partial class EventJson : JsonSerializerContext;
