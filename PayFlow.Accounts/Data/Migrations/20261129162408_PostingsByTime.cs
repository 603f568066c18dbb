using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Accounts.Data.Migrations
{
    /// <inheritdoc />
    public partial class PostingsByTime : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_postings_posted_at",
                table: "postings",
                column: "posted_at")
                .Annotation("Npgsql:IndexMethod", "brin")
                .Annotation("Npgsql:StorageParameter:autosummarize", true)
                .Annotation("Npgsql:StorageParameter:pages_per_range", 32);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_postings_posted_at",
                table: "postings");
        }
    }
}
