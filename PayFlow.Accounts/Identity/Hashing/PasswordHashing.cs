using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Hashes passwords and payment PINs on threads of its own, half as many as there are cores, so that a storm of
/// sign-ins takes neither the threads of requests nor the processor from the money. It lets in what can be done soon
/// and refuses the rest.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    public const string MeterName = "PayFlow.People";

    /// <summary>The lanes that take turns; <see cref="HashingLane.Background"/> is not one of them.</summary>
    private const int Lanes = (int)HashingLane.Background;

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Hashes = Meter.CreateCounter<long>(
        "payflow.password.hashes",
        description: "Passwords and PINs hashed or compared"
    );

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Number)>[] _jobs = [new(), new(), new(), new()];
    private readonly List<HashingTurn>[] _entered =
    [
        [],
        [],
        [],
        [],
    ];
    private readonly SemaphoreSlim _ready = new(0);
    private readonly int _threads;
    private readonly BCryptHasher _hasher;
    private readonly TimeProvider _clock;
    private readonly Task<string> _nobody;
    private long _number;
    private long _costTicks;
    private volatile bool _isOver;

    public PasswordHashing(BCryptHasher hasher, TimeProvider clock)
        : this(hasher, clock, Math.Max(1, Environment.ProcessorCount / 2)) { }

    internal PasswordHashing(BCryptHasher hasher, TimeProvider clock, int threads)
    {
        _hasher = hasher;
        _clock = clock;
        _threads = threads;
        for (var i = 0; i < _threads; i++)
            new Thread(Work) { IsBackground = true, Name = "password hashing" }.Start();
        // Nobody's password, which an unknown user's is compared with; it also tells what a hash costs on this machine.
        _nobody = HashAsync(SessionId.New(clock).ToString());
    }

    /// <summary>Outside of a request it waits until the lanes of requests are empty.</summary>
    public Task<string> HashAsync(string password) => RunAsync(() => _hasher.Hash(password));

    /// <param name="hash">Null for a user that does not exist: it costs the same.</param>
    public async Task<PasswordVerificationResult> VerifyAsync(string? hash, string password)
    {
        var known = hash ?? await _nobody;
        var result = await RunAsync(() => _hasher.Verify(known, password));
        return hash is null ? PasswordVerificationResult.Failed : result;
    }

    /// <summary>
    /// Takes a place for the turn, until <see cref="Leave"/>. Only turns that are due no later are before it, so a
    /// queue that a few callers have filled keeps nobody else out.
    /// </summary>
    /// <returns>False where those before it would take too long.</returns>
    internal bool TryEnter(HashingTurn turn)
    {
        lock (_gate)
        {
            var mine = _entered[(int)turn.Lane];
            var busyLanes = 1 + _entered.Count(lane => lane != mine && lane.Count > 0);
            var before = mine.Count(other => other.Due <= turn.Due);
            if (before * busyLanes * Interlocked.Read(ref _costTicks) > MaxWait.Ticks * _threads)
                return false;
            mine.Add(turn);
            return true;
        }
    }

    internal void Leave(HashingTurn turn)
    {
        lock (_gate)
            _entered[(int)turn.Lane].Remove(turn);
    }

    public void Dispose()
    {
        // The semaphore stays: the threads still look at it.
        _isOver = true;
        _ready.Release(_threads);
    }

    private Task<T> RunAsync<T>(Func<T> work)
    {
        var turn = HashingTurn.Current;
        turn?.Hashes();
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _jobs[(int)(turn?.Lane ?? HashingLane.Background)].Enqueue(Job, (turn?.Due ?? default, _number++));
        _ready.Release();
        return done.Task;

        void Job()
        {
            var started = _clock.GetTimestamp();
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
        }
    }

    /// <summary>Before the answer, which the counter must not be behind.</summary>
    private void Count(long started)
    {
        // A moving average, whichever thread was last: it only has to be about right.
        var (taken, known) = (_clock.GetElapsedTime(started).Ticks, Interlocked.Read(ref _costTicks));
        Interlocked.Exchange(ref _costTicks, known == 0 ? taken : ((known * 7) + taken) / 8);
        Hashes.Add(1);
    }

    private void Work()
    {
        // In turns: each lane is the first one to be looked at once in three times.
        for (var turn = 0; ; turn++)
        {
            _ready.Wait();
            if (_isOver)
                return;
            Take(turn)();
        }
    }

    private Action Take(int turn)
    {
        lock (_gate)
        {
            for (var i = 0; i < Lanes; i++)
            {
                if (_jobs[(turn + i) % Lanes].TryDequeue(out var job, out _))
                    return job;
            }

            return _jobs[Lanes].Dequeue();
        }
    }
}
