namespace PayFlow.Tests;

/// <summary>The machine's own browser; none is downloaded.</summary>
internal static class Chromium
{
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Path() =>
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("There is no chromium here; ./test installs it on Debian.");
}
