using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    public partial class RefundsOfAPayment : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Payments go on meanwhile. An index of an attempt that was broken off is not valid, so it is dropped first.
            migrationBuilder.Sql(
                "drop index concurrently if exists ix_transactions_original;",
                suppressTransaction: true
            );
            migrationBuilder.Sql(
                """
                create index concurrently ix_transactions_original
                on transactions (original_id) where original_id is not null;
                """,
                suppressTransaction: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_transactions_original",
                table: "transactions");
        }
    }
}
