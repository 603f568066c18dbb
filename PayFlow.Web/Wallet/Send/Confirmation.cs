namespace PayFlow.Web.Wallet.Send;

/// <param name="Token">Goes with the payment, once.</param>
public sealed record Confirmation(
    [property: System.Text.Json.Serialization.JsonPropertyName("confirmation")] string Token
);
