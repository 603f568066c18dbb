using PayFlow.Accounts.Staff;

namespace PayFlow.Accounts.Tests;

/// <summary>Every way in which two accounts can be one person's, as far as grants tell.</summary>
public sealed class FourEyesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<char, Guid> Ids = "abcdm".ToDictionary(
        name => name,
        _ => Guid.CreateVersion7(Now)
    );

    /// <summary>
    /// A grant is <c>granted by requester hours</c>, such as <c>m&lt;a 30</c>: a asked for m, 30 hours ago.
    /// </summary>
    [Theory]
    [InlineData("a", "a", "", "your own request")]
    [InlineData("a", "b", "", null)]
    [InlineData("m", "a", "m<a 30", "appointed the other as an admin")]
    [InlineData("a", "m", "m<a 30", "appointed the other as an admin")]
    [InlineData("m", "b", "m<a 30", null)]
    [InlineData("b", "m", "m<a 30", null)]
    [InlineData("m", "b", "m<a 23", "less than 24 hours")]
    [InlineData("m", "b", "m<a 24", null)]
    [InlineData("b", "m", "m<a 1", null)]
    [InlineData("c", "d", "c<a 30,d<a 30", "The same admin")]
    [InlineData("c", "d", "c<a 30,d<b 30", null)]
    [InlineData("c", "d", "d<c 30,c<a 300", "appointed the other as an admin")]
    // A role that was taken away and granted anew keeps its first tie.
    [InlineData("m", "a", "m<a 300,m<b 30", "appointed the other as an admin")]
    [InlineData("c", "d", "c<a 300,c<b 30,d<a 30", "The same admin")]
    // The grants of others tie nobody.
    [InlineData("a", "b", "c<a 30,d<b 30,m<a 1", null)]
    public void Who_may_approve(string approver, string requester, string grants, string? why)
    {
        var known = grants
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(grant => new AdminGrant(Ids[grant[0]], Ids[grant[2]], Now.AddHours(-int.Parse(grant[4..], null))))
            .ToList();
        var objection = FourEyes.Objection(Ids[approver[0]], Ids[requester[0]], known, Now);
        if (why is null)
            Assert.Null(objection);
        else
            Assert.Contains(why, objection, StringComparison.Ordinal);
    }
}
