using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PayFlow.Accounts.Data.Migrations
{
    /// <inheritdoc />
    public partial class WrongTriesByOrigin : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "code_warned_at",
                table: "users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "proof_stamp",
                table: "users",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.CreateTable(
                name: "known_origins",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    origin = table.Column<byte[]>(type: "bytea", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_right_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_known_origins", x => new { x.user_id, x.origin });
                    table.ForeignKey(
                        name: "fk_known_origins_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "revoked_proofs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_revoked_proofs", x => x.id);
                    table.ForeignKey(
                        name: "fk_revoked_proofs_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "wrong_tries",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    secret = table.Column<string>(type: "text", nullable: false),
                    origin = table.Column<byte[]>(type: "bytea", nullable: false),
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    locked_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wrong_tries", x => new { x.user_id, x.secret, x.origin });
                    table.ForeignKey(
                        name: "fk_wrong_tries_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_known_origins_last_right_at",
                table: "known_origins",
                column: "last_right_at");

            migrationBuilder.CreateIndex(
                name: "ix_revoked_proofs_until",
                table: "revoked_proofs",
                column: "until");

            migrationBuilder.CreateIndex(
                name: "ix_revoked_proofs_user_id",
                table: "revoked_proofs",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_wrong_tries_changed_at",
                table: "wrong_tries",
                column: "changed_at");

            // A deployment unlocks nobody.
            migrationBuilder.Sql(
                """
                insert into wrong_tries (user_id, secret, origin, tenant_id, failed, locked_until, changed_at)
                select id, 'pin', ''::bytea, tenant_id, confirmation_failed_count, confirmation_locked_until, now()
                from users where confirmation_failed_count > 0
                union all
                select id, 'password', ''::bytea, tenant_id, access_failed_count, lockout_end, now()
                from users where lockout_end > now()
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "known_origins");

            migrationBuilder.DropTable(
                name: "revoked_proofs");

            migrationBuilder.DropTable(
                name: "wrong_tries");

            migrationBuilder.DropColumn(
                name: "code_warned_at",
                table: "users");

            migrationBuilder.DropColumn(
                name: "proof_stamp",
                table: "users");
        }
    }
}
