using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Transactions.Data.Migrations
{
    /// <inheritdoc />
    public partial class UnconfirmedOfADay : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "day_unconfirmed",
                table: "limit_usage",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "last_paid_at",
                table: "known_payees",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "day_unconfirmed",
                table: "limit_usage");

            migrationBuilder.DropColumn(
                name: "last_paid_at",
                table: "known_payees");
        }
    }
}
