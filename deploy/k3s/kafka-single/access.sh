#!/usr/bin/env bash
# Gives each service its user and its rights (access.txt) at each start of the broker: an empty volume has none, and a
# password may be new. It runs beside the broker as the administrator, and retries until the broker accepts.
set -euo pipefail
umask 077
cd "$(dirname "$0")"
bin=${KAFKA_BIN:-/opt/kafka/bin}
admin=${ADMIN_PROPERTIES:-/tmp/admin.properties}
# The broker's own heap would be too large for a tool beside it.
export KAFKA_HEAP_OPTS=-Xmx96m
printf '%s\n' security.protocol=SASL_PLAINTEXT sasl.mechanism=PLAIN \
  "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
username=\"admin\" password=\"$ADMIN_PASSWORD\";" > "$admin"

tool() { # NAME ARGUMENTS
  local name=$1; shift
  for try in 1 2 3 4 5 6 7 8 9 10; do
    if said=$("$bin/$name.sh" --bootstrap-server "${BOOTSTRAP:-localhost:9093}" \
      --command-config "$admin" "$@" 2>&1); then
      return
    fi
    sleep 5
  done
  echo "access: $name ${*:1:1} failed after $try tries: $(tail -n 1 <<< "$said")" >&2
  return 1
}

for user in accounts transactions notifications web; do
  # From a file: an argument is seen by whoever lists processes.
  printf 'SCRAM-SHA-512=iterations=4096,password=%s\n' "$(cat "${USERS:-/etc/messaging-users}/$user")" > "$admin.user"
  tool kafka-configs --alter --entity-type users --entity-name "$user" --add-config-file "$admin.user"
  rm "$admin.user"
done
# One call for all that a user may do alike: each starts a Java of its own.
sed '/^#/d' access.txt | cut -d ' ' -f 1,2,4- | sort -u | while read -r user kind operations; do
  arguments=(--add --allow-principal "User:$user")
  for operation in $operations; do arguments+=(--operation "$operation"); done
  while read -r name; do arguments+=("--$kind" "$name"); done \
    < <(awk -v like="$user $kind $operations" \
      '{name = $3; $3 = ""; gsub(/ +/, " "); if ($0 == like) print name}' access.txt)
  tool kafka-acls "${arguments[@]}" < /dev/null
done
echo "access: users and rights are set"
