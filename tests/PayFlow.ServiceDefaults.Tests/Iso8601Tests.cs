using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>A time says which it is, or is refused: nothing is guessed.</summary>
public sealed class Iso8601Tests
{
    [Theory]
    [InlineData("2026-01-31T18:30:00Z", "2026-01-31T18:30:00.0000000+00:00")]
    [InlineData("2026-01-31t18:30:00z", "2026-01-31T18:30:00.0000000+00:00")]
    [InlineData("2026-02-01T00:00:00+05:30", "2026-02-01T00:00:00.0000000+05:30")]
    [InlineData("2026-02-01T00:00-08:00", "2026-02-01T00:00:00.0000000-08:00")]
    [InlineData("2026-02-01T00:00:00.5Z", "2026-02-01T00:00:00.5000000+00:00")]
    [InlineData("2026-02-01T00:00:00.123456789Z", "2026-02-01T00:00:00.1234567+00:00")]
    public void Instants_are_read(string text, string instant)
    {
        Assert.True(Iso8601.TryReadInstant(text, out var read));
        Assert.Equal(instant, read.ToString("O"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("03/04/2026")]
    [InlineData("1/2")]
    [InlineData("April 3")]
    [InlineData("now")]
    [InlineData("0")]
    [InlineData("1775174400")]
    [InlineData("2026")]
    [InlineData("2026-04")]
    [InlineData("2026-04-03")]
    [InlineData("2026-04-03T10:00:00")]
    [InlineData("2026-04-03T10:00:00 05:30")]
    [InlineData("2026-04-03 10:00:00Z")]
    [InlineData("2026-04-03T10:00:00+0530")]
    [InlineData("2026-04-03T10:00:00+05")]
    [InlineData("2026-04-03T10:00:00+15:00")]
    [InlineData("2026-04-03T10Z")]
    [InlineData("2026-04-03T24:00:00Z")]
    [InlineData("2026-04-03T10:00:60Z")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("26-04-03T10:00:00Z")]
    [InlineData("2026-4-3T10:00:00Z")]
    [InlineData("20260403T100000Z")]
    [InlineData("2026-W14-5T10:00:00Z")]
    [InlineData("2026-04-03T10:00:00.Z")]
    [InlineData("2026-04-03T10:00:00,5Z")]
    [InlineData("2026-04-03T10:00:00.1234567890Z")]
    [InlineData(" 2026-04-03T10:00:00Z")]
    [InlineData("2026-04-03T10:00:00Z ")]
    [InlineData("2026-04-03T10:00:00ZZ")]
    [InlineData("٢٠٢٦-٠٤-٠٣T10:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    public void Whatever_else_is_none(string? text) => Assert.False(Iso8601.TryReadInstant(text, out _), text);

    [Theory]
    [InlineData("2026-02-01", "Asia/Kolkata", "2026-01-31T18:30:00Z", "2026-02-01T18:30:00Z")]
    [InlineData("2026-02-01", "UTC", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z")]
    [InlineData("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    public void A_day_is_the_account_s_from_its_first_moment_to_its_last(
        string day,
        string zone,
        string start,
        string end
    )
    {
        var errors = new FieldErrors();
        var text = new TimeText(day);
        Assert.True(text.IsDay);
        Assert.Equal(
            start,
            text.ReadStart("from", AccountCalendar.Zone(zone), errors)!.Value.ToString("yyyy-MM-ddTHH:mm:ssZ", null)
        );
        Assert.Equal(
            end,
            text.ReadEnd("to", AccountCalendar.Zone(zone), errors)!.Value.ToString("yyyy-MM-ddTHH:mm:ssZ", null)
        );
        Assert.False(errors.Any);
        Assert.Null(text.ReadInstant("at", errors));
        Assert.True(errors.Any);
    }

    [Theory]
    [InlineData("9999-12-31")]
    [InlineData("0001-01-02")]
    [InlineData("0001-01-01")]
    public void The_first_and_the_last_day_fail_nothing(string day)
    {
        var errors = new FieldErrors();
        _ = (
            new TimeText(day).ReadStart("from", AccountCalendar.Zone("Asia/Kolkata"), errors),
            new TimeText(day).ReadEnd("to", AccountCalendar.Zone("America/New_York"), errors)
        );
    }
}
