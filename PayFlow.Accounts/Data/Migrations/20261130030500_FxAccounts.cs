using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Accounts.Data.Migrations
{
    /// <summary>
    /// Rows only: the system account <c>fx</c> for each currency that has system accounts already. The id is made as
    /// <c>SystemAccounts.Id</c> makes it.
    /// </summary>
    [DbContext(typeof(AccountsDbContext))]
    [Migration("20261130030500_FxAccounts")]
    public partial class FxAccounts : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(
                """
                insert into accounts (id, tenant_id, account_number, owner_id, holder_name, email, kind, currency,
                                      balance, held, status, time_zone, version, entry_seq, created_at, updated_at)
                select id, tenant_id, 'fx:' || currency, id, 'PayFlow', '', 'system', currency,
                       0, 0, 'active', 'UTC', 1, 0, now(), now()
                from (
                    select tenant_id, currency, substr(encode(sha256(convert_to(
                        'payflow system account ' || tenant_id || '/' || currency || '/fx', 'UTF8'
                    )), 'hex'), 1, 32)::uuid as id
                    from accounts where kind = 'system' and account_number = 'equity:' || currency
                ) currencies
                on conflict do nothing
                """
            );

        /// <summary>An account with entries stays: the entries are kept for ever.</summary>
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(
                "delete from accounts where kind = 'system' and account_number = 'fx:' || currency and entry_seq = 0"
            );
    }
}
