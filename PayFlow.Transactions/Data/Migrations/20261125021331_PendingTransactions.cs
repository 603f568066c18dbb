using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    public partial class PendingTransactions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "pending_transactions",
                columns: table => new
                {
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pending_transactions", x => x.transaction_id);
                });

            migrationBuilder.Sql("insert into pending_transactions (transaction_id, created_at) select id, created_at from transactions where status = 'pending';");

            migrationBuilder.DropIndex(
                name: "ix_transactions_pending",
                table: "transactions");

            migrationBuilder.AlterTable(
                name: "transactions")
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "pending_transactions");

            migrationBuilder.AlterTable(
                name: "transactions")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateIndex(
                name: "ix_transactions_pending",
                table: "transactions",
                columns: new[] { "created_at", "id" },
                filter: "status = 'pending'");
        }
    }
}
