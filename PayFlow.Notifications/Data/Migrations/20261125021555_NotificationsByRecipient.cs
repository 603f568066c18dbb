using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Notifications.Data.Migrations
{
    /// <inheritdoc />
    public partial class NotificationsByRecipient : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_notifications",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_recipient",
                table: "notifications");

            migrationBuilder.AddPrimaryKey(
                name: "pk_notifications",
                table: "notifications",
                columns: new[] { "tenant_id", "recipient_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_notifications",
                table: "notifications");

            migrationBuilder.AddPrimaryKey(
                name: "pk_notifications",
                table: "notifications",
                column: "id");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_recipient",
                table: "notifications",
                columns: new[] { "tenant_id", "recipient_id", "id" });
        }
    }
}
