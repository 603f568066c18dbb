using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    public partial class TransactionKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "details",
                table: "transactions",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "step",
                table: "transactions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "waits_outside",
                table: "pending_transactions",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "details",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "step",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "waits_outside",
                table: "pending_transactions");
        }
    }
}
