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
            // Payments go on meanwhile. What an attempt left behind that was broken off is not valid, and is made anew.
            migrationBuilder.Sql("drop index concurrently if exists ix_transactions_original;", suppressTransaction: true);
            migrationBuilder.Sql(
                "create index concurrently ix_transactions_original on transactions (original_id) where original_id is not null;",
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
