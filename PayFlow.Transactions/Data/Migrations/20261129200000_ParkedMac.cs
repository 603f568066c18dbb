using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(TransactionsDbContext))]
    [Migration("20261129200000_ParkedMac")]
    public partial class ParkedMac : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.AddColumn<string>(name: "mac", table: "parked_messages", type: "text", nullable: true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn(name: "mac", table: "parked_messages");
    }
}
