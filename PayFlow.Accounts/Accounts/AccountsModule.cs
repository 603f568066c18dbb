using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>Accounts of people and merchants: opened, looked up, read and closed.</summary>
public static class AccountsModule
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.AddBroadcastListener<PayeeLookUps>();
        builder.Services.AddSingleton(AccountBounds.From(builder.Configuration));
        builder.Services.AddSingleton<AccountOpening>();
        builder.Services.AddScoped<PastInstant>();
    }

    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/accounts").WithTags("Accounts");
        accounts
            .MapPost("/", OpenAccount.HandleAsync)
            .RequireRoles(Role.Customer, Role.Merchant)
            .Describe(
                "openAccount",
                "Open an account",
                "Opens an account of the caller in a currency. A person has one open account in each currency."
            )
            .Answers(AccountProblems.AccountExists, ProblemCodes.LimitExceeded);
        accounts
            .MapGet("/", GetAccounts.ListAsync)
            .RequireRoles(Role.Support, Role.Auditor, Role.Admin)
            .Describe("listAccounts", "List all accounts", "For staff. Newest first, a page at a time.")
            .Answers(ProblemCodes.InvalidCursor);
        accounts
            .MapGet("/me", GetAccounts.MineAsync)
            .Describe(
                "listMyAccounts",
                "List your accounts",
                "The caller's own accounts, closed ones included. Newest first, a page at a time."
            )
            .Answers(ProblemCodes.InvalidCursor);
        accounts
            .MapGet("/lookup", LookUpAccount.HandleAsync)
            .Describe(
                "lookUpPayee",
                "Look up a payee",
                "Shows the name behind an account id, an account number or a handle. Show it before a payment, "
                    + "and pay the `id`."
            )
            .Answers(ProblemCodes.AccountNotFound);
        accounts
            .MapGet("/{id}", GetAccounts.ByIdAsync)
            .Describe(
                "getAccount",
                "Get an account",
                "An account of the caller, with its balance. Staff read every account."
            )
            .Answers(ProblemCodes.AccountNotFound);
        MapOneAccount(accounts);
        app.MapInternal().MapGet("/accounts/resolve", ResolveAccount.HandleAsync).CalledBy(ServiceToken.Transactions);
    }

    private static void MapOneAccount(RouteGroupBuilder accounts)
    {
        accounts
            .MapGet("/number/{number}", GetAccounts.ByNumberAsync)
            .Describe(
                "getAccountByNumber",
                "Get an account by its number",
                "As by its id, found by the number that people read to each other."
            )
            .Answers(ProblemCodes.AccountNotFound);
        accounts
            .MapGet("/{id}/balance", GetBalance.HandleAsync)
            .Describe(
                "getBalance",
                "Get a balance",
                "The balance of now. With `at` the balance of a past instant, or of the end of a day in the time "
                    + "zone of the account."
            )
            .Answers(ProblemCodes.AccountNotFound);
        accounts
            .MapGet("/{id}/entries", ListEntries.HandleAsync)
            .Describe(
                "listEntries",
                "List the entries of an account",
                "The postings of the ledger, each with the balance after it. Newest first, a page at a time."
            )
            .Answers(ProblemCodes.AccountNotFound, ProblemCodes.InvalidCursor);
        accounts
            .MapPost("/{id}/freeze", ChangeStatus.FreezeAsync)
            .Describe(
                "freezeAccount",
                "Freeze an account",
                "No money leaves or reaches a frozen account. The holder and admins may freeze it."
            )
            .Answers(ProblemCodes.AccountNotFound, ProblemCodes.AccountState, ProblemCodes.Forbidden);
        accounts
            .MapPost("/{id}/unfreeze", ChangeStatus.UnfreezeAsync)
            .Describe(
                "unfreezeAccount",
                "Unfreeze an account",
                "The holder lifts only a freeze of the holder. An admin lifts both."
            )
            .Answers(ProblemCodes.AccountNotFound, ProblemCodes.AccountState, ProblemCodes.Forbidden);
        accounts
            .MapPost("/{id}/close", ChangeStatus.CloseAsync)
            .Describe(
                "closeAccount",
                "Close an account",
                "The balance must be zero. A closed account cannot be opened again."
            )
            .Answers(ProblemCodes.AccountNotFound, ProblemCodes.AccountState, ProblemCodes.Forbidden);
    }
}
