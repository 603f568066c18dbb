#!/usr/bin/env bash
# Writes the images of a release into deploy/k3s/images/kustomization.yaml, or reads them back.
#   pin-images.sh write FILE < IMAGES       replaces the unreleased images by those of IMAGES
#   pin-images.sh read FILE OWNER > IMAGES  prints the images of ghcr.io/OWNER, and nothing else of the file
# IMAGES is one line for each of the four: ghcr.io/OWNER/payflow-web@sha256:DIGEST.
set -euo pipefail
services="payflow-accounts payflow-notifications payflow-transactions payflow-web"
owner="[a-z0-9]([a-z0-9-]*[a-z0-9])?"
digest="sha256:[0-9a-f]{64}"

# Each service exactly once: otherwise a second line could replace a checked image.
must_be_the_four() {
  local names
  names=$(sed -nE "s#^ghcr\.io/$owner/(payflow-[a-z]+)@$digest\$#\2#p" <<< "$1" | sort | xargs)
  if [ "$names" != "$services" ] || [ "$(wc -l <<< "$1")" != 4 ]; then
    echo "These are not the four images of a release:" >&2
    echo "$1" >&2
    exit 1
  fi
}

case "${1:-}" in
  write)
    images=$(cat)
    must_be_the_four "$images"
    while IFS=@ read -r name pinned; do
      service=${name##*/}
      sed -i "s#^- {name: $service, newTag: unreleased}\$#- {name: $service, newName: $name, digest: \"$pinned\"}#" "$2"
    done <<< "$images"
    grep -c 'digest: "sha256:' "$2" | grep -qx 4 || { echo "$2 has no line for each of the four images." >&2; exit 1; }
    ;;
  read)
    [[ "$3" =~ ^$owner$ ]] || { echo "That is no owner: $3" >&2; exit 1; }
    images=$(sed -nE "s#^- \{name: (payflow-[a-z]+), newName: (ghcr\.io/$3/\1), digest: \"($digest)\"\}\$#\2@\3#p" "$2")
    must_be_the_four "$images"
    echo "$images"
    ;;
  *)
    echo "Usage: $0 write FILE | $0 read FILE OWNER" >&2
    exit 2
    ;;
esac
