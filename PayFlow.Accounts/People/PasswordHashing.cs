using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.People;

/// <summary>
/// Hashes passwords on threads of its own, half as many as there are cores, so that a storm of sign-ins takes neither the
/// threads of requests nor the processor from the money. It takes in what can be done soon and refuses the rest.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    public const string MeterName = "PayFlow.People";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Hashes = Meter.CreateCounter<long>("payflow.password.hashes", description: "Passwords hashed or compared");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<Action> _jobs = [];
    private readonly int _threads = Math.Max(1, Environment.ProcessorCount / 2);
    private readonly BCryptHasher _hasher;
    private readonly Task<string> _nobody;
    private long _costTicks;
    private int _entered;

    public PasswordHashing(BCryptHasher hasher, TimeProvider clock)
    {
        _hasher = hasher;
        for (var i = 0; i < _threads; i++) new Thread(Work) { IsBackground = true, Name = "password hashing" }.Start();
        // Nobody's password, which an unknown user's is compared with; it also tells what a hash costs on this machine.
        _nobody = HashAsync(SessionId.New(clock).ToString());
    }

    public Task<string> HashAsync(string password) => RunAsync(() => _hasher.Hash(password));

    /// <param name="hash">Null for a user that does not exist: it costs the same.</param>
    public async Task<PasswordVerificationResult> VerifyAsync(string? hash, string password)
    {
        var known = hash ?? await _nobody;
        var result = await RunAsync(() => _hasher.Verify(known, password));
        return hash is null ? PasswordVerificationResult.Failed : result;
    }

    /// <summary>A place in the queue, to be disposed; null where those before would take too long.</summary>
    public IDisposable? TryEnter()
    {
        var before = Interlocked.Increment(ref _entered) - 1;
        if (before * Interlocked.Read(ref _costTicks) <= Patience.Ticks * _threads) return new Place(this);
        Interlocked.Decrement(ref _entered);
        return null;
    }

    public void Dispose() => _jobs.CompleteAdding();

    private Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Add(() =>
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }

            // A moving average, whichever thread was last: it only has to be about right.
            var (taken, known) = (Stopwatch.GetElapsedTime(started).Ticks, Interlocked.Read(ref _costTicks));
            Interlocked.Exchange(ref _costTicks, known == 0 ? taken : ((known * 7) + taken) / 8);
            Hashes.Add(1);
        });
        return done.Task;
    }

    private void Work()
    {
        foreach (var job in _jobs.GetConsumingEnumerable()) job();
    }

    private sealed class Place(PasswordHashing hashing) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref hashing._entered);
    }
}

public static class PasswordHashingEndpoints
{
    /// <summary>Of an endpoint that hashes: it is entered only where its turn comes soon, otherwise answered by 429 with Retry-After.</summary>
    public static RouteHandlerBuilder Hashes(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        using var place = context.HttpContext.RequestServices.GetRequiredService<PasswordHashing>().TryEnter();
        if (place is not null) return await next(context);
        context.HttpContext.Response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
        return Problem.Of(ProblemCodes.TooManyRequests, "Many people sign in at the moment. Try again in a few seconds.");
    });
}
