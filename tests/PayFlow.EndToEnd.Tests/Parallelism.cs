using PayFlow.EndToEnd.Tests;

// How many collections run at once is in xunit.runner.json. It is more than there are processors: most tests wait for
// messages, for services that start, or for browsers.
[assembly: AssemblyFixture(typeof(OnInMemoryKafka))]
[assembly: AssemblyFixture(typeof(OneChromium))]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
