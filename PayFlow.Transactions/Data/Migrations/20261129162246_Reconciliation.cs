using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    public partial class Reconciliation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "reconciliation",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    compared_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    decided_through = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_id = table.Column<Guid>(type: "uuid", nullable: false),
                    recorded_through = table.Column<Guid>(type: "uuid", nullable: false),
                    pass_after = table.Column<Guid>(type: "uuid", nullable: false),
                    pass_started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    pass_compared = table.Column<long>(type: "bigint", nullable: false),
                    pass_hurries = table.Column<bool>(type: "boolean", nullable: false),
                    pass_ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    broker = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reconciliation", x => x.id);
                    table.CheckConstraint("ck_reconciliation_one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "reconciliation_differences",
                columns: table => new
                {
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: false),
                    found_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    accepted_by = table.Column<Guid>(type: "uuid", nullable: true),
                    accepted_reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reconciliation_differences", x => x.transaction_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_reconciliation_differences_open",
                table: "reconciliation_differences",
                column: "checked_at",
                filter: "accepted_at is null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "reconciliation");

            migrationBuilder.DropTable(
                name: "reconciliation_differences");
        }
    }
}
