#!/usr/bin/env bash
# Rolls a profile of deploy/k3s out and checks it: rollout.sh small|ha. If it cannot be applied whole, a part does not
# become ready in time, or the smoke test fails, the previous version is applied again and the exit code is 1.
#   KUBECTL           how to reach the cluster (kubectl); for instance: ssh user@host kubectl --kubeconfig .kube/config
#   RELEASE           the checkout whose manifests are rolled out (this one)
#   SMOKE_URL         the wallet's address from outside; without it the smoke test is left out, and says so
#   SMOKE_RETRIES     how often the smoke test asks again, every two seconds (5)
#   ROLLOUT_TIMEOUT   how long a part may take to become ready (5m)
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:?small or ha}
read -ra kubectl <<< "${KUBECTL:-kubectl}"
kubectl+=(--namespace payflow)
timeout=${ROLLOUT_TIMEOUT:-5m}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT

smoke() {
  if [ -z "${SMOKE_URL:-}" ]; then echo "SMOKE_URL is not set: no smoke test"; return 0; fi
  # The wallet and the services behind it answer, and what needs a caller has one.
  curl --fail --silent --show-error --retry "${SMOKE_RETRIES:-5}" --retry-delay 2 --retry-all-errors --max-time 10 \
    "$SMOKE_URL/.well-known/jwks.json" > /dev/null &&
    curl --fail --silent --show-error --max-time 10 "$SMOKE_URL/openapi/transactions/v1.json" > /dev/null &&
    test "$(curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' \
      "$SMOKE_URL/api/v1/accounts/me")" = 401
}

# StatefulSets first: a service without its database must not be reported as the fault. An operator rolls out its own.
running() { { grep -oE '^(deployment|statefulset)\.apps/[^ ]+' || true; } < "$1" | sort --reverse; }
is_ready() { "${kubectl[@]}" rollout status "$1" --timeout "$timeout" < /dev/null; }

# Built here, so that the host needs nothing but a kubectl.
${KUSTOMIZE:-kubectl kustomize} "${RELEASE:+$RELEASE/}deploy/k3s/$profile" > "$folder/new"
# The existing objects and their last applied form, which kubectl keeps with each object. The namespace was made with
# its Secrets, before the first rollout.
"${kubectl[@]}" get --filename - --ignore-not-found --output name < "$folder/new" > "$folder/there"
grep -v '^namespace/' "$folder/there" > "$folder/before" || true
: > "$folder/old"
if [ -s "$folder/before" ]; then
  mapfile -t before < "$folder/before"
  "${kubectl[@]}" apply view-last-applied --output json "${before[@]}" < /dev/null > "$folder/old"
fi

failed=; stuck=
if ! "${kubectl[@]}" apply --filename - < "$folder/new" | tee "$folder/applied"; then
  failed="it could not be applied whole"
fi
if [ -z "$failed" ]; then
  for part in $(running "$folder/applied"); do
    is_ready "$part" || { failed="$part did not become ready"; stuck=$part; break; }
  done
fi
if [ -z "$failed" ] && ! smoke; then failed="the smoke test failed"; fi
if [ -z "$failed" ]; then echo "Rolled out: $profile"; exit 0; fi

if [ ! -s "$folder/old" ]; then
  echo "Failed, because $failed; nothing was there before to go back to" >&2
  exit 1
fi
echo "Taken back, because $failed" >&2
# Configuration too, which the old code would otherwise find changed. What came new stays; nothing old knows of it.
"${kubectl[@]}" apply --filename - < "$folder/old"
# A StatefulSet waits for its broken pod for ever, even one that its old form would replace.
case $stuck in
  statefulset.apps/*) "${kubectl[@]}" delete pods --selector "app=${stuck#*/}" < /dev/null ;;
esac
for part in $(running "$folder/before"); do
  is_ready "$part" || echo "$part is not ready as it was before either" >&2
done
exit 1
