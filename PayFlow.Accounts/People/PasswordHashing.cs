using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.People;

/// <summary>What is hashed. Each has its own queue and places, so that a storm of the one never keeps the other waiting for long.</summary>
public enum HashingLane
{
    Passwords,
    Pins,
}

/// <summary>
/// Hashes passwords and payment PINs on threads of its own, half as many as there are cores, so that a storm of sign-ins takes neither the
/// threads of requests nor the processor from the money. It takes in what can be done soon and refuses the rest.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    public const string MeterName = "PayFlow.People";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Hashes = Meter.CreateCounter<long>("payflow.password.hashes", description: "Passwords and PINs hashed or compared");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<Action>[] _jobs = [new(), new()];
    private readonly int[] _entered = [0, 0];
    private readonly SemaphoreSlim _ready = new(0);
    private readonly int _threads = Math.Max(1, Environment.ProcessorCount / 2);
    private readonly BCryptHasher _hasher;
    private readonly Task<string> _nobody;
    private long _costTicks;
    private volatile bool _isOver;

    public PasswordHashing(BCryptHasher hasher, TimeProvider clock)
    {
        _hasher = hasher;
        for (var i = 0; i < _threads; i++) new Thread(Work) { IsBackground = true, Name = "password hashing" }.Start();
        // Nobody's password, which an unknown user's is compared with; it also tells what a hash costs on this machine.
        _nobody = HashAsync(SessionId.New(clock).ToString());
    }

    public Task<string> HashAsync(string password, HashingLane lane = HashingLane.Passwords) => RunAsync(lane, () => _hasher.Hash(password));

    /// <param name="hash">Null for a user that does not exist: it costs the same.</param>
    public async Task<PasswordVerificationResult> VerifyAsync(string? hash, string password, HashingLane lane = HashingLane.Passwords)
    {
        var known = hash ?? await _nobody;
        var result = await RunAsync(lane, () => _hasher.Verify(known, password));
        return hash is null ? PasswordVerificationResult.Failed : result;
    }

    /// <summary>A place in the queue, to be disposed; null where those before would take too long.</summary>
    public IDisposable? TryEnter(HashingLane lane = HashingLane.Passwords)
    {
        var before = Interlocked.Increment(ref _entered[(int)lane]) - 1;
        if (before * Interlocked.Read(ref _costTicks) <= Patience.Ticks * _threads) return new Place(this, lane);
        Interlocked.Decrement(ref _entered[(int)lane]);
        return null;
    }

    public void Dispose()
    {
        // The semaphore stays: the threads still look at it.
        _isOver = true;
        _ready.Release(_threads);
    }

    private Task<T> RunAsync<T>(HashingLane lane, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs[(int)lane].Enqueue(() =>
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                var result = work();
                Count(started);
                done.SetResult(result);
            }
            catch (Exception failure)
            {
                Count(started);
                done.SetException(failure);
            }
        });
        _ready.Release();
        return done.Task;
    }

    /// <summary>Before anybody is answered, so that whoever was counts too.</summary>
    private void Count(long started)
    {
        // A moving average, whichever thread was last: it only has to be about right.
        var (taken, known) = (Stopwatch.GetElapsedTime(started).Ticks, Interlocked.Read(ref _costTicks));
        Interlocked.Exchange(ref _costTicks, known == 0 ? taken : ((known * 7) + taken) / 8);
        Hashes.Add(1);
    }

    private void Work()
    {
        // In turns: now one lane is looked at first, now the other.
        for (var turn = 0; ; turn++)
        {
            _ready.Wait();
            if (_isOver) return;
            if (_jobs[turn & 1].TryDequeue(out var job) || _jobs[(turn + 1) & 1].TryDequeue(out job)) job();
        }
    }

    private sealed class Place(PasswordHashing hashing, HashingLane lane) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref hashing._entered[(int)lane]);
    }
}

public static class PasswordHashingEndpoints
{
    /// <summary>Of an endpoint that hashes: it is entered only where its turn comes soon, otherwise answered by 429 with Retry-After.</summary>
    public static RouteHandlerBuilder Hashes(this RouteHandlerBuilder endpoint, HashingLane lane = HashingLane.Passwords) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        using var place = context.HttpContext.RequestServices.GetRequiredService<PasswordHashing>().TryEnter(lane);
        if (place is not null) return await next(context);
        context.HttpContext.Response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
        return Problem.Of(ProblemCodes.TooManyRequests, "Many people do this at the moment. Try again in a few seconds.");
    });
}
