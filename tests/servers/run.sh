#!/bin/sh
# Judges servers that nobody here wrote, and compares every verdict with tests/servers/expected/.
#
#     tests/servers/run.sh [DESTSPEC]
#
# DESTSPEC is the program; without it a debug build. What is missing is installed by install.sh. Each server listens on a
# free port of the loopback, over TLS by a certificate of an authority made for this run, and stops at the end.
# Reports: target/servers/. Exit: 0 every verdict is the expected one, 1 one is not, or a server cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home=${DESTSPEC_SERVERS:-$HOME/.cache/destspec-servers}
out="$root/target/servers"
work=$(mktemp -d)
pids=""

stop() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

fail() {
    echo "tests/servers: $1" >&2
    if [ -n "${2:-}" ]; then tail -n 20 "$2" >&2; fi
    exit 1
}

certify() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Servers of Others" \
        -addext "keyUsage=critical,keyCertSign" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
    openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
    printf 'subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n' >"$work/ext"
    openssl x509 -req -days 2 -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial \
        -extfile "$work/ext" -out "$work/server.pem" 2>/dev/null
}

# start NAME APPLICATION: gunicorn takes a free port itself and says which, so that nobody else can take it between.
start() {
    cd "$work"
    PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 "$home/$1/bin/gunicorn" --bind 127.0.0.1:0 --threads 8 --keep-alive 60 \
        --certfile server.pem --keyfile server.key --no-control-socket "$2" >"$work/$1.log" 2>&1 &
    pids="$pids $!"
    cd "$root"
}

# port NAME: where it listens; waits until its worker runs.
port() {
    tries=0
    until grep -q "Booting worker" "$work/$1.log" &&
        curl --silent --output /dev/null --cacert "$work/ca.pem" "https://localhost:$(listening "$1")/"; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || fail "$1 does not start" "$work/$1.log"
        sleep 0.1
    done
    listening "$1"
}

listening() {
    sed -n 's/.*Listening at: https:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/$1.log" | tail -n 1
}

# An account, a collection that checks its records, as Kinto's documentation has it.
furnish_kinto() {
    kinto() {
        curl --silent --show-error --fail --output /dev/null --cacert "$work/ca.pem" --request PUT \
            --header "Content-Type: application/json" "$@" || fail "kinto cannot be furnished" "$work/kinto.log"
    }
    at="https://localhost:$KINTO/v1"
    kinto "$at/accounts/adobe" --data "{\"data\": {\"password\": \"$KINTO_PASSWORD\"}}"
    kinto "$at/buckets/partner" --user "adobe:$KINTO_PASSWORD"
    kinto "$at/buckets/partner/collections/people" --user "adobe:$KINTO_PASSWORD" --data @"$here/kinto-people.json"
}

# judge NAME [OPTION…]: runs destspec and compares, then judges the record again; the exit code of both is part of what
# is expected.
judge() {
    name=$1
    shift
    code=0
    "$destspec" run "$work/submission.toml" --quiet --seed 7 --out "$out/$name" "$@" >"$out/$name.txt" 2>&1 || code=$?
    python3 "$here/check.py" "$out/$name/record.json" "$here/expected/$name" "$code" || failed=1
    replayed=0
    "$destspec" replay "$out/$name/record.json" >"$out/$name.replay.txt" 2>&1 || replayed=$?
    if [ "$replayed" -ne "$code" ]; then
        echo "$name: the record judged again: expected exit $code, received $replayed" >&2
        cat "$out/$name.replay.txt" >&2
        failed=1
    fi
}

"$here/install.sh"
destspec=${1:-}
if [ -z "$destspec" ]; then
    (cd "$root" && cargo build --quiet)
    destspec=${CARGO_TARGET_DIR:-$root/target}/debug/destspec
fi
destspec=$(realpath "$destspec")

# Made for this run, worth nothing afterwards. The colon is what RFC 7617 allows in a password.
secret() { openssl rand -hex 12; }
KINTO_PASSWORD="$(secret):$(secret)"
SCIM_TOKEN=$(secret)
CLIENT_SECRET=$(secret)
CLIENT_ID=adobe
export KINTO_PASSWORD SCIM_TOKEN CLIENT_SECRET CLIENT_ID

certify
(cd "$work" && "$home/django/bin/python" "$here/django_oauth.py" seed) || fail "django cannot be seeded"
start django django_oauth:application
start scim scim:application
start kinto "pyramid.paster:get_app('$here/kinto.ini', 'main')"
KINTO=$(port kinto)
SCIM=$(port scim)
DJANGO=$(port django)
furnish_kinto

cp "$here"/sdk/*.json "$work"
sed -e "s/@KINTO@/$KINTO/; s/@SCIM@/$SCIM/; s/@DJANGO@/$DJANGO/" "$here/submission.toml" >"$work/submission.toml"
rm -rf "$out"
mkdir -p "$out"
failed=0
judge valid
# Credentials that the servers do not know: nothing may pass that needs them.
KINTO_PASSWORD=$(secret)
SCIM_TOKEN=$(secret)
CLIENT_SECRET=$(secret)
judge refused --requirement STR-2.02 --requirement STR-2.05 \
    --requirement STR-2.OAUTH2.01 --requirement STR-2.OAUTH2.02
exit $failed
