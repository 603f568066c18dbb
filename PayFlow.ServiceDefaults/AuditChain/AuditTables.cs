using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PayFlow.ServiceDefaults.AuditChain;

public static class AuditTables
{
    public const string AppendOnlyAnnotation = "PayFlow:AppendOnly";

    /// <summary>The service's role may add rows to the table and read them, and no more.</summary>
    public static EntityTypeBuilder<TRow> IsAppendOnly<TRow>(this EntityTypeBuilder<TRow> row)
        where TRow : class => row.HasAnnotation(AppendOnlyAnnotation, true);

    /// <summary>Adds the audit log to a service's model, so that its migrations create it.</summary>
    public static void AddAudit(this ModelBuilder model) =>
        model.Entity<AuditRow>(row =>
        {
            row.ToTable("audit_log");
            row.IsAppendOnly();
            row.Property(r => r.Before).HasColumnType("json");
            row.Property(r => r.After).HasColumnType("json");
            row.HasIndex(r => new { r.Lane, r.Sequence }).IsUnique();
            row.HasIndex(r => new
            {
                r.TenantId,
                r.Action,
                r.Id,
            });
            row.HasIndex(r => new
            {
                r.TenantId,
                r.SubjectId,
                r.Id,
            });
            row.HasIndex(r => new
            {
                r.TenantId,
                r.UserId,
                r.Id,
            });
        });

    /// <summary>
    /// Call it at the end of the migration that creates the audit log: not even the owner changes a row by mistake.
    /// </summary>
    public static void RefuseAuditChanges(this MigrationBuilder migration) =>
        migration.Sql(
            """
            create function refuse_audit_change() returns trigger language plpgsql as $$
            begin raise exception 'the audit log only grows' using errcode = 'insufficient_privilege'; end $$;
            create trigger audit_log_only_grows before update or delete or truncate on audit_log
            for each statement execute function refuse_audit_change();
            """
        );

    /// <summary>The counterpart for <c>Down</c>, after the table is dropped.</summary>
    public static void AllowAuditChanges(this MigrationBuilder migration) =>
        migration.Sql("drop function refuse_audit_change();");
}
