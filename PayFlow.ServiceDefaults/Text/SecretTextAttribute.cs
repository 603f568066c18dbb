namespace PayFlow.ServiceDefaults.Text;

/// <summary>
/// Marks a text of a request that is compared and never stored or shown, such as a password: its owner may type any
/// character. Every other text of every request is held to <see cref="TextRules"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTextAttribute : Attribute;
