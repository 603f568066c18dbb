using PayFlow.AppHost.Embedded;

namespace Aspire.Hosting.ApplicationModel;

/// <param name="Value">What a process on this machine is given; nothing when it is null.</param>
/// <param name="Published">What a manifest says in its place, in Aspire's expressions; nothing when it is null.</param>
internal sealed record Setting(Func<EmbeddedRun, string?> Value, string? Published);
