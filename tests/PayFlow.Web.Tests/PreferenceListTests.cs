using System.Net.Http.Json;
using Bunit;
using PayFlow.Web.Wallet.Me;

namespace PayFlow.Web.Tests;

/// <summary>The choice of notifications on the page Me.</summary>
public sealed class PreferenceListTests : OpenWallet
{
    private const string Path = "/notifications/preferences";

    private static readonly Preferences All = new(
        [new("money_received", "in_app", true), new("money_sent", "in_app", false), new("new_kind", "pigeon", true)],
        ["in_app", "email"]
    );

    [Fact]
    public async Task It_shows_a_skeleton_then_a_switch_for_each_kind_by_channel()
    {
        var answer = Api.Waits(Path);
        var list = Render<PreferenceList>();
        Assert.NotEmpty(list.FindAll("[aria-busy=true]"));
        answer.SetResult(new HttpResponseMessage { Content = JsonContent.Create(All) });
        await list.WaitForAssertionAsync(() => Assert.Equal(3, list.FindAll("[role=switch]").Count));
        Assert.Equal(["In the app", "Pigeon"], list.FindAll("h3").Select(heading => heading.TextContent));
        Assert.Equal(
            ["Money received", "Payments sent", "New kind"],
            list.FindAll("label span").Select(label => label.TextContent)
        );
        Assert.Equal([true, false, true], list.FindAll("[role=switch]").Select(one => one.HasAttribute("checked")));
        Assert.Contains("Security messages always arrive", list.Markup, StringComparison.Ordinal);
        Assert.Empty(list.FindAll("[aria-busy=true]"));
    }

    [Fact]
    public void A_switch_sends_its_own_choice_only()
    {
        Api.Answers(Path, All);
        var list = Render<PreferenceList>();
        list.FindAll("[role=switch]")[1].Change(true);
        var (path, body) = Assert.Single(Api.Put);
        Assert.Equal((Path, """{"choices":[{"kind":"money_sent","channel":"in_app","enabled":true}]}"""), (path, body));
    }

    [Fact]
    public void A_choice_that_cannot_be_saved_goes_back_and_says_so()
    {
        Api.Answers(Path, All);
        var list = Render<PreferenceList>();
        Api.IsAway(Path);
        list.FindAll("[role=switch]")[0].Change(false);
        Assert.Contains("Nothing has changed", list.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.True(list.FindAll("[role=switch]")[0].HasAttribute("checked"));
        Assert.False(list.FindAll("[role=switch]")[0].HasAttribute("disabled"));
    }

    [Fact]
    public void What_cannot_be_read_says_so_and_reads_again_on_request()
    {
        Api.IsAway(Path);
        var list = Render<PreferenceList>();
        Assert.Contains(
            "We can't load your choices right now.",
            list.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
        Api.Answers(Path, All);
        list.Find("[role=alert] button").Click();
        Assert.Equal(3, list.FindAll("[role=switch]").Count);
    }

    [Fact]
    public void Without_anything_to_choose_it_says_that_all_arrives()
    {
        Api.Answers(Path, new Preferences([], ["in_app"]));
        Assert.Contains("All notifications arrive.", Render<PreferenceList>().Markup, StringComparison.Ordinal);
    }
}
