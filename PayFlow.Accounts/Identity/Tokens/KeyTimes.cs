namespace PayFlow.Accounts.Identity;

/// <summary>
/// When a key signs. It is published from the day it is made, and until the last token that it signed has expired.
/// </summary>
/// <param name="Number">
/// 1, 2, 3, … within a tenant: replicas that make the next one at once agree by its number.
/// </param>
public sealed record KeyTimes(int Number, DateTimeOffset SignsFrom, DateTimeOffset SignsUntil);
