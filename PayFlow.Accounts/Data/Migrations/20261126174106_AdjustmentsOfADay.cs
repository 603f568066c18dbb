using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Accounts.Data.Migrations
{
    /// <inheritdoc />
    public partial class AdjustmentsOfADay : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_adjustments_tenant_id_requested_by_requested_at",
                table: "adjustments",
                columns: new[] { "tenant_id", "requested_by", "requested_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_adjustments_tenant_id_requested_by_requested_at",
                table: "adjustments");
        }
    }
}
