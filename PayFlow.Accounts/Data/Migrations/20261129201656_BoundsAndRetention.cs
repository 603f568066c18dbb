using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Accounts.Data.Migrations
{
    /// <inheritdoc />
    public partial class BoundsAndRetention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_refresh_tokens_session_id",
                table: "refresh_tokens");

            migrationBuilder.CreateIndex(
                name: "ix_sessions_expires_at",
                table: "sessions",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_refresh_tokens_session_id_created_at",
                table: "refresh_tokens",
                columns: new[] { "session_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_refresh_tokens_used_at",
                table: "refresh_tokens",
                column: "used_at",
                filter: "used_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_accounts_owner",
                table: "accounts",
                columns: new[] { "tenant_id", "owner_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_sessions_expires_at",
                table: "sessions");

            migrationBuilder.DropIndex(
                name: "ix_refresh_tokens_session_id_created_at",
                table: "refresh_tokens");

            migrationBuilder.DropIndex(
                name: "ix_refresh_tokens_used_at",
                table: "refresh_tokens");

            migrationBuilder.DropIndex(
                name: "ix_accounts_owner",
                table: "accounts");

            migrationBuilder.CreateIndex(
                name: "ix_refresh_tokens_session_id",
                table: "refresh_tokens",
                column: "session_id");
        }
    }
}
