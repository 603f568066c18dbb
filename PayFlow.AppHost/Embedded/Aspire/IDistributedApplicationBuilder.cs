using Microsoft.Extensions.Configuration;

// This folder is the slice of Aspire's app model that AppHost.cs uses, under Aspire's own names. docs/aspire-members.md
// lists its public members with their places in Aspire's sources, and a test fails on one that is not listed. What the
// engine needs besides is internal.
namespace Aspire.Hosting;

public interface IDistributedApplicationBuilder
{
    ConfigurationManager Configuration { get; }

    DistributedApplicationExecutionContext ExecutionContext { get; }

    DistributedApplication Build();
}
