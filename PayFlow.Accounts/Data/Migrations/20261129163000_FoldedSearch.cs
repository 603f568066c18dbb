using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PayFlow.ServiceDefaults.Connections;

#nullable disable

namespace PayFlow.Accounts.Data.Migrations
{
    /// <summary>A function only: the model is that of the migration before.</summary>
    [DbContext(typeof(AccountsDbContext))]
    [Migration("20261129163000_FoldedSearch")]
    public partial class FoldedSearch : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateFold();

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropFold();
    }
}
