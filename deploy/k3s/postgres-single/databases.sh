# The image runs this once, when the volume is empty. Roles as in docs/security.md: the owner migrates, and the service
# reads and writes rows.
set -euo pipefail
for name in accounts transactions notifications; do
  owner=OWNER_${name^^}; service=SERVICE_${name^^}
  psql -v ON_ERROR_STOP=1 -U postgres -v db="${name}db" -v owner="${name}db_owner" -v service="${name}db_service" \
    -v owner_password="${!owner}" -v service_password="${!service}" <<'SQL'
create role :"owner" login password :'owner_password';
create role :"service" login password :'service_password';
create database :"db" owner :"owner";
revoke all on database :"db" from public;
grant connect on database :"db" to :"service";
SQL
done
psql -v ON_ERROR_STOP=1 -U postgres -v password="$BACKUP_PASSWORD" <<'SQL'
create role backup login replication password :'password';
grant pg_read_all_data to backup;
grant connect on database accountsdb, transactionsdb, notificationsdb to backup;
SQL
# The image lets nobody copy the databases from outside. With its password, the backup's role may.
if [ -n "${PGDATA:-}" ]; then echo "host replication backup all scram-sha-256" >> "$PGDATA/pg_hba.conf"; fi
