namespace PayFlow.EndToEnd.Tests;

/// <summary>A service that a test hosts; <see cref="IAsyncDisposable.DisposeAsync"/> stops it.</summary>
internal interface IHostedTestService : IAsyncDisposable
{
    /// <summary>True once it stops, by itself as well.</summary>
    bool IsStopping { get; }

    /// <summary>Returns its address once it takes requests.</summary>
    /// <param name="port">0 takes any that is free.</param>
    Uri Start(int port = 0);
}
