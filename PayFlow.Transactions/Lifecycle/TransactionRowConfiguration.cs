using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Lifecycle;

internal sealed class TransactionRowConfiguration : IEntityTypeConfiguration<TransactionRow>
{
    public void Configure(EntityTypeBuilder<TransactionRow> builder)
    {
        builder.ToTable(
            "transactions",
            table =>
            {
                table.HasCheckConstraint("ck_transactions_amount", "amount > 0");
                table.HasCheckConstraint(
                    "ck_transactions_one_end",
                    "(status = 'pending') = (ended_at is null) and (status = 'failed') = (failure_reason is not null)"
                );
            }
        );
        builder
            .HasIndex(t => new
            {
                t.TenantId,
                t.IdempotencyScope,
                t.Operation,
                t.IdempotencyKey,
            })
            .HasDatabaseName("ix_transactions_idempotency")
            .IsUnique();
        builder
            .HasIndex(t => new
            {
                t.FromAccount,
                t.CreatedAt,
                t.Id,
            })
            .HasDatabaseName("ix_transactions_from");
        builder
            .HasIndex(t => new
            {
                t.ToAccount,
                t.CreatedAt,
                t.Id,
            })
            .HasDatabaseName("ix_transactions_to");
        builder
            .HasIndex(t => t.OriginalId)
            .HasDatabaseName("ix_transactions_original")
            .HasFilter("original_id is not null");
        // No index, partial ones included, may name what changes at the end (the status and the times): with room for
        // the next version beside it, a row then ends without a write to any index.
        builder.HasStorageParameter("fillfactor", 50);
        builder.Property(t => t.Currency).HasMaxLength(3).IsFixedLength();
        builder.Property(t => t.Metadata).HasColumnType("jsonb");
        builder.Property(t => t.Details).HasColumnType("jsonb");
        builder.Property(t => t.Channel).HasDefaultValue("api");
    }
}
