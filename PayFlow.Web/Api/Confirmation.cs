namespace PayFlow.Web.Api;

/// <param name="Token">Goes with the payment, once.</param>
public sealed record Confirmation(
    [property: System.Text.Json.Serialization.JsonPropertyName("confirmation")] string Token
);
