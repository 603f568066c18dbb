using Microsoft.Extensions.Time.Testing;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Tests;

/// <summary>
/// Nobody keeps others from hashing: one request of a caller at a time, a bucket, and whoever has hashed least comes
/// first.
/// </summary>
public sealed class HashingAdmissionTests : IDisposable
{
    private static readonly HashingBucket Wide = new() { Burst = 1000, PerSecond = 1000 };
    private static readonly HashingBucket Narrow = new() { Burst = 5, PerSecond = 0.5 };

    private readonly FakeTimeProvider _clock = new();
    private readonly PasswordHashing _hashing;
    private readonly HashingAdmission _admission;

    public HashingAdmissionTests()
    {
        // Some twenty milliseconds a hash: enough for a queue to form, on one thread whatever the machine has. By this
        // clock a hash takes no time, so that a slow machine turns nobody away.
        _hashing = new PasswordHashing(
            new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 9 }),
            _clock,
            threads: 1
        );
        _admission = new HashingAdmission(_hashing, _clock);
    }

    public void Dispose() => _hashing.Dispose();

    [Fact]
    public void A_caller_has_one_request_at_a_time_and_others_are_not_held_up()
    {
        using (Enter("one"))
        {
            var refusal = Refused("one");
            Assert.Equal((ProblemCodes.TooManyRequests, TimeSpan.FromSeconds(1)), (refusal.Code, refusal.Wait));
            Enter("another").Dispose();
        }

        Enter("one").Dispose();
    }

    [Fact]
    public async Task A_bucket_is_emptied_by_what_was_hashed_and_fills_with_time()
    {
        for (var i = 0; i < 5; i++)
            await HashAsync("one", Narrow);
        var refusal = Refused("one", Narrow);
        Assert.Equal((ProblemCodes.RateLimited, TimeSpan.FromSeconds(2)), (refusal.Code, refusal.Wait));
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Refused("one", Narrow);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await HashAsync("one", Narrow);
        Refused("one", Narrow);
    }

    [Fact]
    public void What_hashed_nothing_costs_nothing()
    {
        for (var i = 0; i < 100; i++)
            Enter("one", Narrow).Dispose();
    }

    [Fact]
    public async Task All_buckets_of_a_caller_count_and_a_refusal_takes_from_none()
    {
        for (var i = 0; i < 5; i++)
        {
            await HashAsync(new HashingCaller(HashingLane.SignIns, true, [($"login {i}", Wide), ("address", Narrow)]));
        }

        Assert.NotNull(
            _admission
                .TryEnter(new HashingCaller(HashingLane.SignIns, true, [("login", Narrow), ("address", Narrow)]))
                .Refusal
        );
        for (var i = 0; i < 5; i++)
        {
            await HashAsync(new HashingCaller(HashingLane.SignIns, true, [("login", Narrow), ($"address {i}", Wide)]));
        }
    }

    [Fact]
    public async Task Whoever_has_hashed_least_lately_comes_first()
    {
        foreach (var busy in Callers(10))
            Enter(busy, hashes: true).Dispose();
        var order = new List<string>();
        await Task.WhenAll(Callers(10).Append("newcomer").Select(name => HashAsync(name, Wide, order)).ToList());
        // Two of the others may have been done before it came.
        Assert.InRange(order.IndexOf("newcomer"), 0, 2);

        // An hour later all are alike again, and the order is that of coming.
        order.Clear();
        _clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Callers(10).Append("late").Select(name => HashAsync(name, Wide, order)).ToList());
        Assert.InRange(order.IndexOf("late"), 8, 10);
    }

    [Theory]
    [InlineData(HashingLane.Passwords, HashingLane.SignIns)]
    [InlineData(HashingLane.Passwords, HashingLane.Pins)]
    [InlineData(HashingLane.SignIns, HashingLane.Passwords)]
    [InlineData(HashingLane.SignIns, HashingLane.Pins)]
    [InlineData(HashingLane.Pins, HashingLane.SignIns)]
    [InlineData(HashingLane.Pins, HashingLane.Passwords)]
    public async Task A_full_lane_takes_no_share_of_another_one(HashingLane full, HashingLane other)
    {
        var order = new List<string>();
        var all = Callers(20).Select(name => HashAsync(name, Wide, order, full)).ToList();
        all.Add(HashAsync("bystander", Wide, order, other));
        await Task.WhenAll(all);
        Assert.InRange(order.IndexOf("bystander"), 0, 3);
    }

    [Fact]
    public async Task A_queue_that_a_few_have_filled_keeps_nobody_else_out()
    {
        var hasher = new BCryptHasher(new PeopleOptions { BcryptWorkFactor = 9 });
        using var timed = new PasswordHashing(hasher, TimeProvider.System, threads: 1);
        var admission = new HashingAdmission(timed, _clock);
        // So that it is known what a hash costs.
        await timed.HashAsync("a password");
        foreach (var name in Callers(1000))
            admission.TryEnter(Caller(name)).Turn!.Dispose();
        var turns = Callers(1000).Select(name => admission.TryEnter(Caller(name)).Turn).OfType<HashingTurn>().ToList();
        // No more than are served within five seconds.
        Assert.InRange(turns.Count, 1, 999);
        admission.TryEnter(Caller("newcomer")).Turn!.Dispose();
        foreach (var turn in turns)
            turn.Dispose();
    }

    [Fact]
    public async Task Whoever_asks_without_end_comes_after_all_others()
    {
        // It has hashed no more than the other one, and was refused all the same.
        await HashAsync("greedy", Narrow);
        using (Enter("greedy", Narrow))
        {
            for (var i = 0; i < 20; i++)
                Refused("greedy", Narrow);
        }

        for (var i = 0; i < 5; i++)
            await HashAsync("modest", Wide);
        using var greedy = Enter("greedy", Narrow);
        using var modest = Enter("modest");
        Assert.True(modest.Due < greedy.Due, $"{modest.Due} {greedy.Due}");
    }

    [Fact]
    public void Nobody_is_overtaken_for_ever()
    {
        for (var i = 0; i < 1000; i++)
            Enter("busy").Dispose();
        using var busy = Enter("busy");
        using (var newcomer = Enter("newcomer"))
            Assert.True(newcomer.Due < busy.Due);
        _clock.Advance(TimeSpan.FromSeconds(61));
        using var late = Enter("late");
        Assert.True(busy.Due < late.Due);
    }

    private static IEnumerable<string> Callers(int count) => Enumerable.Range(0, count).Select(i => $"caller {i}");

    private static HashingCaller Caller(
        string name,
        HashingBucket? bucket = null,
        HashingLane lane = HashingLane.Passwords
    ) => new(lane, true, [(name, bucket ?? Wide)]);

    private HashingTurn Enter(string name, HashingBucket? bucket = null, bool hashes = false)
    {
        var (turn, refusal) = _admission.TryEnter(Caller(name, bucket));
        Assert.Null(refusal);
        if (hashes)
            turn!.Hashes();
        return turn!;
    }

    private HashingRefusal Refused(string name, HashingBucket? bucket = null)
    {
        var (turn, refusal) = _admission.TryEnter(Caller(name, bucket));
        Assert.Null(turn);
        return refusal!;
    }

    private Task HashAsync(
        string name,
        HashingBucket bucket,
        List<string>? order = null,
        HashingLane lane = HashingLane.Passwords
    ) => HashAsync(Caller(name, bucket, lane), order);

    private async Task HashAsync(HashingCaller caller, List<string>? order = null)
    {
        var (turn, refusal) = _admission.TryEnter(caller);
        Assert.Null(refusal);
        using (turn)
        {
            turn!.Begin();
            await _hashing.HashAsync("a password");
        }

        if (order is null)
            return;
        lock (order)
            order.Add(caller.Key);
    }
}
