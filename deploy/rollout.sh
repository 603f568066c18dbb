#!/usr/bin/env bash
# Rolls a profile of deploy/k3s out and checks it: rollout.sh small|ha. Where a service does not become ready in time, or the smoke
# test fails, every service goes back to what ran before and the exit code is 1.
#   KUBECTL           how to reach the cluster (kubectl); for instance: ssh user@host kubectl
#   SMOKE_URL         the wallet's address from outside; without it the smoke test is left out, and says so
#   SMOKE_RETRIES     how often the smoke test asks again, every two seconds (5)
#   ROLLOUT_TIMEOUT   how long a service may take to become ready (5m)
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:?small or ha}
read -ra kubectl <<< "${KUBECTL:-kubectl}"
kubectl+=(--namespace payflow)
services=(accounts transactions notifications web)

# No backslash on its way to a remote shell, which would eat it.
revision() { "${kubectl[@]}" get "deployment/$1" --output 'jsonpath={.metadata.annotations}' 2>/dev/null | sed -nE 's|.*deployment.kubernetes.io/revision"?:"?([0-9]+).*|\1|p' || true; }

smoke() {
  if [ -z "${SMOKE_URL:-}" ]; then echo "SMOKE_URL is not set: no smoke test"; return 0; fi
  # The wallet is ready, the API answers, and what needs a caller has one.
  curl --fail --silent --show-error --retry "${SMOKE_RETRIES:-5}" --retry-delay 2 --retry-all-errors --max-time 10 "$SMOKE_URL/health" > /dev/null &&
    curl --fail --silent --show-error --max-time 10 "$SMOKE_URL/openapi/transactions/v1.json" > /dev/null &&
    test "$(curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' "$SMOKE_URL/api/v1/accounts/me")" = 401
}

declare -A before
for service in "${services[@]}"; do before[$service]=$(revision "$service"); done

# Built here, so that the host needs nothing but a kubectl.
${KUSTOMIZE:-kubectl kustomize} "deploy/k3s/$profile" | "${kubectl[@]}" apply --filename -

failed=
for service in "${services[@]}"; do
  "${kubectl[@]}" rollout status "deployment/$service" --timeout "${ROLLOUT_TIMEOUT:-5m}" || { failed="$service did not become ready"; break; }
done
if [ -z "$failed" ] && ! smoke; then failed="the smoke test failed"; fi
if [ -z "$failed" ]; then echo "Rolled out: $profile"; exit 0; fi

echo "Taken back, because $failed" >&2
for service in "${services[@]}"; do
  # What was not there before, or did not change, has nothing to go back to.
  if [ -z "${before[$service]}" ] || [ "$(revision "$service")" = "${before[$service]}" ]; then continue; fi
  "${kubectl[@]}" rollout undo "deployment/$service" --to-revision "${before[$service]}"
done
for service in "${services[@]}"; do
  if [ -n "${before[$service]}" ]; then "${kubectl[@]}" rollout status "deployment/$service" --timeout "${ROLLOUT_TIMEOUT:-5m}" || true; fi
done
exit 1
