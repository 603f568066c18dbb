using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The user that runs PostgreSQL. PostgreSQL refuses root, so under root it is an unprivileged user of this machine;
/// otherwise it is the current user.
/// </summary>
internal sealed class ServerUser
{
    private readonly string[] _become = [];

    private ServerUser() { }

    private ServerUser(string name, string[] become)
    {
        Name = name;
        _become = become;
    }

    /// <summary>The other user's name; null where PostgreSQL runs as ourselves.</summary>
    public string? Name { get; }

    /// <summary>runuser stays as the server's parent and passes on a termination, but no interrupt.</summary>
    public bool PassesInterrupts => _become is not ["runuser", ..];

    public static ServerUser Find()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new ServerUser();
        var accounts = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(fields => fields.Length > 3)
            .ToList();
        var account =
            accounts.Find(fields => fields[0] == "postgres") ?? accounts.Find(fields => fields[0] == "nobody");
        if (account is not null && CommandLine.OnPath("setpriv") is not null)
        {
            return new ServerUser(
                account[0],
                ["setpriv", $"--reuid={account[2]}", $"--regid={account[3]}", "--init-groups", "--"]
            );
        }

        return account is not null && CommandLine.OnPath("runuser") is not null
            ? new ServerUser(account[0], ["runuser", "-u", account[0], "--"])
            : throw new CannotRunException(
                "PostgreSQL does not run as root, and this machine has no way to start it as another user (setpriv or "
                    + "runuser, of util-linux). Start PayFlow as an ordinary user."
            );
    }

    public ProcessStartInfo Describe(string program, params string[] arguments)
    {
        string[] command = [.. _become, program, .. arguments];
        // Its own folder may be closed to it, and then every program complains.
        return new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = Name is null ? "" : "/" };
    }

    public async Task<bool> CanEnterAsync(string folder) =>
        Name is null || (await CommandLine.RunAsync(Describe("test", "-x", folder))).Code == 0;

    public async Task TakeOwnershipAsync(string path)
    {
        if (Name is not null)
            await CommandLine.MustRunAsync(new ProcessStartInfo("chown", ["-R", $"{Name}:", path]));
    }
}
