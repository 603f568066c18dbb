namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>A request header that a route reads by itself, so that the framework does not know of it.</summary>
/// <param name="Example">Null where the header is optional.</param>
internal sealed record DocumentedHeader(string Name, string Description, string? Example);
