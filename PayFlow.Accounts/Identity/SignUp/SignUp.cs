using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/sign-up</c>: a person, their login and their wallet, in one database transaction. It says that an
/// address has signed up already: the wallet is open with the answer, before any e-mail is read, so there is no answer
/// that would fit both cases. That it costs a hash and that the gateway limits it keeps it from being a way to try out
/// addresses.
/// </summary>
public static class SignUp
{
    private const string Taken = "Sign in, or reset the password if you forgot it.";

    public sealed record Request(string Email, [property: SecretText] string Password, string Name, string Handle)
        : IHasExample<Request>
    {
        public static Request Example => new("ravi@example.org", "a-long-password-7", "Ravi Menon", "ravi");
    }

    public sealed record Response(UserResponse User, AccountResponse Account);

    public sealed record Services(
        AccountsDbContext Db,
        AccountOpening Opening,
        MailedCodes Codes,
        PersonNames Names,
        PasswordHashing Hashing,
        ILookupNormalizer Normalizer,
        TimeProvider Clock
    );

    public static async Task<Results<Created<Response>, ProblemHttpResult>> HandleAsync(
        Request request,
        AuditActor who,
        [AsParameters] Services services,
        PeopleOptions options,
        CancellationToken cancellationToken
    )
    {
        var (name, handle, email) = (request.Name.Trim(), request.Handle.Trim().TrimStart('@'), request.Email.Trim());
        var errors = new FieldErrors()
            .AddIf("name", services.Names.NameObjection(name))
            .AddIf(!EmailAddresses.IsValid(email), "email", "Must be an e-mail address such as asha@example.com.")
            .AddIf("handle", services.Names.HandleObjection(handle))
            .AddIf("password", PasswordRules.Objection(request.Password, email, name, handle));
        if (errors.Any)
            return errors.ToProblem();

        var hash = await services.Hashing.HashAsync(request.Password);
        if (!EmailAddresses.IsPlain(email))
            return await VariantAsync(services.Db, services.Normalizer.NormalizeEmail(email), cancellationToken);
        User? login = null;
        UserResponse? user = null;
        var (row, problem) = await services.Opening.OpenAsync(
            new NewAccount
            {
                Name = name,
                Email = email,
                Currency = "INR",
                Handle = "@" + handle,
                Kind = AccountKind.Customer,
                Login = party =>
                {
                    var row = Login(
                        UserId.New(services.Clock).Value,
                        party,
                        services.Normalizer,
                        hash,
                        new LoginRights([Role.Customer], options.TierAtSignUp),
                        services.Clock
                    );
                    (login, user) = (row, UserResponse.From(row, party));
                    return new NewLogin(row, row.Id, row.Roles, row.Tier);
                },
            },
            who,
            cancellationToken
        );
        if (row is null)
        {
            return Problem.Of(problem!, problem == AccountProblems.HandleTaken ? "Choose another handle." : Taken);
        }

        await services.Codes.AskAsync(CodePurpose.VerifyEmail, email, login, who, cancellationToken);
        return TypedResults.Created($"/api/v1/accounts/{row.Id}", new Response(user!, AccountResponse.From(row)));
    }

    /// <summary>
    /// A variant of an address that has signed up is that address. Of any other it would keep the plain address's owner
    /// from signing up.
    /// </summary>
    private static async Task<ProblemHttpResult> VariantAsync(
        AccountsDbContext db,
        string key,
        CancellationToken cancellationToken
    )
    {
        var isTaken = await db.Users.AnyAsync(user => user.NormalizedEmail == key, cancellationToken);
        return isTaken
            ? Problem.Of(AccountProblems.EmailTaken, Taken)
            : Problem.Invalid(
                "email",
                "Contains a variant of a plain letter. Use plain letters, and xn-- in the domain."
            );
    }

    public static User Login(
        Guid id,
        PartyRow party,
        ILookupNormalizer normalizer,
        string hash,
        LoginRights rights,
        TimeProvider clock
    ) =>
        new()
        {
            Id = id,
            TenantId = party.TenantId,
            PartyId = party.Id,
            UserName = party.Email,
            NormalizedUserName = normalizer.NormalizeName(party.Email),
            Email = party.Email,
            NormalizedEmail = normalizer.NormalizeEmail(party.Email),
            PasswordHash = hash,
            LockoutEnabled = true,
            ProofStamp = TypedId.NewGuid(clock),
            Roles = [.. rights.Roles.Select(EnumNames.Of)],
            Tier = EnumNames.Of(rights.Tier),
            CreatedAt = clock.GetUtcNow(),
        };
}
