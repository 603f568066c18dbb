using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    public partial class LimitsAndConfirmations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateOnly>(
                name: "limit_day",
                table: "transactions",
                type: "date",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "time_zone",
                table: "account_directory",
                type: "text",
                nullable: false,
                defaultValue: "Asia/Kolkata");

            migrationBuilder.CreateTable(
                name: "known_payees",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    payer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    payee_id = table.Column<Guid>(type: "uuid", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_known_payees", x => new { x.tenant_id, x.payer_id, x.payee_id });
                });

            migrationBuilder.CreateTable(
                name: "limit_usage",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    party_id = table.Column<Guid>(type: "uuid", nullable: false),
                    currency = table.Column<string>(type: "character(3)", fixedLength: true, maxLength: 3, nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    day_used = table.Column<long>(type: "bigint", nullable: false),
                    month = table.Column<DateOnly>(type: "date", nullable: false),
                    month_used = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_limit_usage", x => new { x.tenant_id, x.party_id, x.currency });
                    table.CheckConstraint("ck_limit_usage_not_negative", "day_used >= 0 and month_used >= 0");
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "used_confirmations",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_used_confirmations", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_account_directory_owner",
                table: "account_directory",
                columns: new[] { "tenant_id", "owner_id" });

            // Keys were the paying account's and are now the payer's. Where two accounts of one payer used the same key, the later one's stays where it was.
            migrationBuilder.Sql(
                """
                update transactions t set initiated_by = t.from_owner, idempotency_scope = t.from_owner
                where t.operation = 'transfer' and not exists (
                  select 1 from transactions o where o.tenant_id = t.tenant_id and o.from_owner = t.from_owner and o.operation = t.operation
                  and o.idempotency_key = t.idempotency_key and (o.created_at, o.id) < (t.created_at, t.id));
                """);

            // Who was paid before is no new payee.
            migrationBuilder.Sql(
                """
                insert into known_payees (tenant_id, payer_id, payee_id, since)
                select tenant_id, from_owner, to_owner, min(created_at) from transactions
                where type = 'transfer' and status = 'completed' group by tenant_id, from_owner, to_owner;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "known_payees");

            migrationBuilder.DropTable(
                name: "limit_usage");

            migrationBuilder.DropTable(
                name: "used_confirmations");

            migrationBuilder.DropIndex(
                name: "ix_account_directory_owner",
                table: "account_directory");

            migrationBuilder.DropColumn(
                name: "limit_day",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "time_zone",
                table: "account_directory");
        }
    }
}
