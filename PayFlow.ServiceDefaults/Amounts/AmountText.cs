using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>
/// An amount as a client wrote it: a JSON string, or a number whose digits are kept as they stand. It becomes
/// <see cref="Money"/> once the currency beside it is known.
/// </summary>
[JsonConverter(typeof(AmountTextConverter))]
public readonly record struct AmountText(string Text)
{
    public AmountError TryRead(Currency currency, out Money money) => Money.TryParse(Text, currency, out money);

    public override string ToString() => Text ?? "";

    private sealed class AmountTextConverter : JsonConverter<AmountText>
    {
        public override AmountText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String => new AmountText(reader.GetString()!),
                JsonTokenType.Number => new AmountText(
                    reader.HasValueSequence
                        ? Encoding.UTF8.GetString(reader.ValueSequence)
                        : Encoding.UTF8.GetString(reader.ValueSpan)
                ),
                _ => throw new JsonException("An amount is a decimal string or a number."),
            };

        public override void Write(Utf8JsonWriter writer, AmountText value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Text);
    }
}
