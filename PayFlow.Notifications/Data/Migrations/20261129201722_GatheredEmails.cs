using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Notifications.Data.Migrations
{
    /// <inheritdoc />
    public partial class GatheredEmails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_emails_recipient_id_kind",
                table: "emails",
                columns: new[] { "recipient_id", "kind" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_emails_recipient_id_kind",
                table: "emails");
        }
    }
}
