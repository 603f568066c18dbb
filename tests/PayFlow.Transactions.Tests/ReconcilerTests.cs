using System.Text.Json;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Transactions.Reconciliation;

namespace PayFlow.Transactions.Tests;

public sealed class ReconcilerTests
{
    [Fact]
    public void A_whole_page_of_ids_is_a_body_that_Accounts_reads() =>
        Assert.InRange(
            JsonSerializer.SerializeToUtf8Bytes(Enumerable.Repeat(Guid.AllBitsSet, Reconciler.PageSize)).Length,
            1,
            RequestLimits.BodySize
        );
}
