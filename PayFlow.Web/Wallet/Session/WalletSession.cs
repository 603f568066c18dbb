using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Web.Api;
using PayFlow.Web.Live;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Inbox;
using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Wallet.Session;

/// <summary>
/// One open wallet, for the life of its circuit: the person, the balance, recent payments and unread notifications.
/// Receives live updates and raises events for the pages. All of it runs on the circuit's own thread.
/// </summary>
public sealed class WalletSession(
    AccountsApi accounts,
    ActivityApi activity,
    InboxApi inbox,
    SendApi payees,
    LiveUpdates live,
    TimeProvider clock
) : ILiveListener, IDisposable
{
    private const int RecentCount = 50;
    private const int MaxPeople = 8;
    private const int MaxAnnounced = 1000;

    private readonly HashSet<(Guid, string)> _told = [];
    private readonly List<Transaction> _heldBack = [];
    private readonly Lock _listening = new();
    private readonly HashSet<Guid> _lookedUp = [];
    private readonly HashSet<Guid> _closed = [];
    private (DateOnly Day, Money Balance)? _dayStart;
    private Func<Action, Task> _dispatch = _ => Task.CompletedTask;
    private IDisposable? _subscription;
    private bool _isClosed;
    private Func<Task> _retry = () => Task.CompletedTask;

    // Plain delegates: what they carry is the payment itself, not a sender and its arguments.
    public Action? Changed { get; set; }

    /// <summary>A payment began, went on or ended.</summary>
    public Action<Transaction>? TransactionChanged { get; set; }

    public Action<Notification>? NotificationArrived { get; set; }

    /// <summary>Pages should read again: something may have been missed.</summary>
    public Action? Resumed { get; set; }

    /// <summary>Something to say in passing, and whether it is good news.</summary>
    public Action<string, bool>? Notice { get; set; }

    public SessionPhase Phase { get; private set; } = SessionPhase.Starting;

    /// <summary>Never null once <see cref="Phase"/> is Ready.</summary>
    public Account Person { get; private set; } = null!;

    /// <summary>The ids of all accounts of the signed-in user, with the open one.</summary>
    public IReadOnlyCollection<Guid> Own { get; private set; } = [];

    public Balance? Balance { get; private set; }

    /// <summary>
    /// False where no money can leave: the wallet is frozen or closed. True while that is not known yet.
    /// </summary>
    public bool CanSend => Phase != SessionPhase.Ready || Person.Status == "active";

    /// <summary>Whether a payee is known to have closed their wallet.</summary>
    public bool HasClosed(Guid payee) => _closed.Contains(payee);

    /// <summary>Those paid or paying most recently, and which of them have closed their wallets since.</summary>
    public IReadOnlyList<(Guid Id, string Name, string? Handle, bool IsClosed)> People =>
        [
            .. (Recent.Value?.Items ?? [])
                .People(Person.Id)
                .Take(MaxPeople)
                .Select(person => (person.Id, person.Name, person.Handle, _closed.Contains(person.Id))),
        ];

    /// <summary>By how much the balance has changed since the day began; null where that is not known.</summary>
    public Money? Today =>
        Balance is { } balance && _dayStart is { } start && start.Day == Day
            ? Money.Parse(balance.Available, balance.Currency)
                + Money.Parse(balance.Held, balance.Currency)
                - start.Balance
            : null;

    /// <summary>True where the last read of the balance failed and an older one is shown.</summary>
    public bool BalanceIsOld { get; private set; }

    public int Unread { get; private set; }

    public Loadable<ListPage<Transaction>> Recent { get; } = new();

    public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    public bool HidesAmounts { get; private set; }

    /// <summary>The payment that the open page already tells about.</summary>
    public Guid? Watching { get; set; }

    /// <summary>The payment being made; it outlives a look at another page.</summary>
    public PaymentDraft? Draft { get; set; }

    /// <summary>Opens the wallet of the signed-in user.</summary>
    /// <param name="dispatch">Runs an action on the circuit's thread.</param>
    public async Task StartAsync(WalletPreferences preferences, Func<Action, Task> dispatch)
    {
        _dispatch = dispatch;
        _retry = () => StartAsync(preferences, dispatch);
        HidesAmounts = preferences.HidesAmounts;
        var mine = await accounts.ListMineAsync(CancellationToken.None);
        Own = [.. mine.Value?.Items.Select(account => account.Id) ?? []];
        if (!mine.IsOk)
            Enter(SessionPhase.Unreachable);
        else if (
            (
                mine.Value.Items.FirstOrDefault(account => account.Status != "closed")
                ?? (mine.Value.Items.Count > 0 ? mine.Value.Items[0] : null)
            ) is
            { } account
        )
            await OpenAsync(account.Id);
        else
            Enter(SessionPhase.NoWallet);
    }

    public async Task RetryAsync()
    {
        Enter(SessionPhase.Starting);
        await _retry();
    }

    /// <summary>Hears first, then reads, so that nothing falls between.</summary>
    private async Task OpenAsync(Guid account)
    {
        Listen(account);
        Balance = null;
        Unread = 0;
        Draft = null;
        Watching = null;
        _dayStart = null;
        _lookedUp.Clear();
        _closed.Clear();
        Recent.Clear();
        _heldBack.Clear();
        var answer = await accounts.GetAccountAsync(account, CancellationToken.None);
        if (_isClosed)
            return;
        if (!answer.IsOk)
        {
            Enter(SessionPhase.Unreachable);
            return;
        }

        Person = answer.Value;
        Take(new Balance(Person.Available, Person.Held, Person.Currency, Person.Version));
        if (Person.OwnerId is { } owner)
            Listen(account, owner);
        Enter(SessionPhase.Ready);
        await Task.WhenAll(LoadRecentAsync(), LoadUnreadAsync(), LoadDayStartAsync());
    }

    public async Task LoadRecentAsync()
    {
        var account = Person.Id;
        await Recent.LoadAsync(() =>
            activity.ListTransactionsAsync(account, null, null, RecentCount, CancellationToken.None)
        );
        Changed?.Invoke();
        await LookUpPeopleAsync();
    }

    /// <summary>Reads what the balance was when the day began, where that is not known yet.</summary>
    public async Task LoadDayStartAsync()
    {
        var (account, day) = (Person.Id, Day);
        if (_dayStart?.Day == day)
            return;
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var answer = await accounts.GetBalanceAsync(
            account,
            new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)),
            CancellationToken.None
        );
        // An account that is new today has nothing to be compared with.
        if (!answer.IsOk || answer.Value.EntrySeq == 0 || Person.Id != account)
            return;
        _dayStart = (day, Money.Parse(answer.Value.Balance, answer.Value.Currency));
        Changed?.Invoke();
    }

    public async Task LoadUnreadAsync()
    {
        if (Person.OwnerId is not { } owner)
            return;
        var answer = await inbox.ListNotificationsAsync(null, 1, CancellationToken.None);
        if (answer.IsOk && Person.OwnerId == owner)
            Unread = answer.Value.Unread;
        Changed?.Invoke();
    }

    public async Task LoadBalanceAsync()
    {
        var answer = await accounts.GetAccountAsync(Person.Id, CancellationToken.None);
        BalanceIsOld = !answer.IsOk;
        if (answer.IsOk && answer.Value.Id == Person.Id)
        {
            Person = answer.Value;
            Take(new Balance(Person.Available, Person.Held, Person.Currency, Person.Version));
        }

        Changed?.Invoke();
    }

    public void SetUnread(int unread)
    {
        Unread = Math.Max(0, unread);
        Changed?.Invoke();
    }

    public void HideAmounts(bool hide)
    {
        HidesAmounts = hide;
        Changed?.Invoke();
    }

    /// <summary>Shows a payment everywhere at once: just made, or just ended.</summary>
    public void Show(Transaction transaction)
    {
        // No more than were read, however long it stays open. What is cut off makes it a page of more, whose cursor
        // nobody follows.
        Recent.Change(page =>
        {
            var items = page.Items.With(transaction);
            return items.Count > RecentCount
                ? page with
                {
                    Items = [.. items.Take(RecentCount)],
                    NextCursor = page.NextCursor ?? "",
                }
                : page with
                {
                    Items = items,
                };
        });
        TransactionChanged?.Invoke(transaction);
        Changed?.Invoke();
    }

    /// <summary>
    /// Says what ended while a payment was being sent: by now it is known whether that is the one which the open page
    /// tells about.
    /// </summary>
    public void SayHeldBack()
    {
        foreach (var transaction in _heldBack)
            Say(transaction);
        _heldBack.Clear();
    }

    public void OnEvent(IEvent happened) => _ = _dispatch(() => Handle(happened));

    public void OnResumed() => _ = _dispatch(() => _ = ReadAgainAsync());

    /// <summary>Hears of nothing any more. It may be called on any thread.</summary>
    public void Close()
    {
        lock (_listening)
        {
            _isClosed = true;
            _subscription?.Dispose();
        }
    }

    public void Dispose() => Close();

    /// <summary>
    /// Never once it is closed: the updates outlive the circuit and would keep all of it. Closing comes while the
    /// wallet still loads, too.
    /// </summary>
    private void Listen(params IReadOnlyCollection<Guid> keys)
    {
        lock (_listening)
        {
            _subscription?.Dispose();
            if (!_isClosed)
                _subscription = live.Subscribe(this, keys);
        }
    }

    private async Task ReadAgainAsync()
    {
        if (Phase != SessionPhase.Ready)
            return;
        Resumed?.Invoke();
        await Task.WhenAll(LoadBalanceAsync(), LoadRecentAsync(), LoadUnreadAsync(), LoadDayStartAsync());
    }

    private DateOnly Day => ActivityList.DayOf(clock.GetUtcNow(), Zone);

    /// <summary>
    /// Asks once of each whom the page offers to pay, since a payment to a closed wallet would only fail.
    /// </summary>
    private async Task LookUpPeopleAsync()
    {
        var account = Person.Id;
        var answers = await Task.WhenAll(
            People
                .Where(person => _lookedUp.Add(person.Id))
                .Select(person => payees.LookupAsync(person.Id.ToString(), Person.Currency, CancellationToken.None))
        );
        if (Person.Id != account || !answers.Any(answer => answer.Value?.IsClosed == true))
            return;
        _closed.UnionWith(answers.Where(answer => answer.Value?.IsClosed == true).Select(answer => answer.Value!.Id));
        Changed?.Invoke();
    }

    private void Handle(IEvent happened)
    {
        switch (happened)
        {
            case BalanceUpdated balance:
                Take(new Balance(balance.Available, balance.Held, balance.Currency, balance.Version));
                Changed?.Invoke();
                break;
            case AccountUpdated { Account: var account }
                when Phase == SessionPhase.Ready
                    && account.AccountId.Value == Person.Id
                    && account.Version > Person.Version:
                Person = Person with
                {
                    HolderName = ShownText.Clean(account.HolderName),
                    Handle = account.Handle,
                    Status = account.Status.ToString().ToLowerInvariant(),
                    Version = account.Version,
                };
                Changed?.Invoke();
                // By whom it was frozen is not in the event.
                _ = LoadBalanceAsync();
                break;
            case TransactionCompleted completed when Phase == SessionPhase.Ready:
                Ended(completed.Transaction.ToTransaction());
                break;
            case TransactionFailed failed when Phase == SessionPhase.Ready:
                Ended(failed.Transaction.ToTransaction(failed.Reason));
                break;
            case NotificationCreated { IsQuiet: false } created when Phase == SessionPhase.Ready:
                NotificationArrived?.Invoke(
                    new Notification(
                        created.NotificationId.Value,
                        created.Kind,
                        ShownText.Clean(created.Title),
                        ShownText.Clean(created.Body),
                        created.CreatedAt,
                        null,
                        created.TransactionId?.Value
                    )
                );
                // Counted by the service, not here: the same event may come twice.
                _ = LoadUnreadAsync();
                break;
        }
    }

    private void Ended(Transaction transaction)
    {
        // The same end comes twice soon or never.
        if (_told.Count == MaxAnnounced)
            _told.Clear();
        // The inbox tells of holds.
        if (transaction.IsHold)
            return;
        var isNews = _told.Add((transaction.Id, transaction.Status));
        Show(transaction);
        if (!isNews)
            return;
        // It may be the one whose answer is still on its way.
        if (Draft is { State: DraftState.Sending } && transaction.Pays(Person.Id))
            _heldBack.Add(transaction);
        else
            Say(transaction);
    }

    private void Say(Transaction transaction)
    {
        if (transaction.Id == Watching)
            return;
        var isGood = transaction.Status == Transaction.Completed;
        if (ActivityText.News(transaction, Person.Id, HidesAmounts) is { } news)
            Notice?.Invoke(isGood ? news.TrimEnd('.') : news, isGood);
    }

    /// <summary>Keeps the newest snapshot, whichever way and in whichever order they come.</summary>
    private void Take(Balance snapshot)
    {
        if (Balance is null || snapshot.Version > Balance.Version)
            Balance = snapshot;
    }

    private void Enter(SessionPhase phase)
    {
        Phase = phase;
        Changed?.Invoke();
    }
}
