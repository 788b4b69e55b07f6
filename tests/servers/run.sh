#!/bin/sh
# Judges servers that nobody here wrote, and compares every verdict with tests/servers/expected/: those of submission.toml
# take messages, those of files.toml take files.
#
#     tests/servers/run.sh [DESTSPEC]
#
# DESTSPEC is the program; without it a debug build. What is missing is installed by install.sh. Each server listens on a
# free port of the loopback, over TLS by a certificate of an authority made for this run, and stops at the end. OpenSSH
# needs root, or `sudo` without a question.
# Reports: target/servers/. Exit: 0 every verdict is the expected one, 1 one is not, or a server cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home=${DESTSPEC_SERVERS:-$HOME/.cache/destspec-servers}
out="$root/target/servers"
work=$(mktemp -d)
pids=""

as_root=""
if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi

stop() {
    for pid in $pids; do kill "$pid" 2>/dev/null || $as_root kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work" 2>/dev/null || $as_root rm -rf "$work"
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

# start NAME PACKAGES APPLICATION [VARIABLE=VALUE…]: gunicorn takes a free port itself and says which, so that nobody else can
# take it between.
start() {
    name=$1
    packages=$2
    application=$3
    shift 3
    cd "$work"
    env PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 "$@" "$home/$packages/bin/gunicorn" --bind 127.0.0.1:0 --threads 8 \
        --keep-alive 60 --certfile server.pem --keyfile server.key --no-control-socket "$application" \
        >"$work/$name.log" 2>&1 &
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

# said NAME WORDS: the port in the line of its log that begins with these words; waits for it.
said() {
    tries=0
    until grep -qs "$2" "$work/$1.log"; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || fail "$1 does not start" "$work/$1.log"
        sleep 0.1
    done
    sed -n "s/.*$2.*[: ]\([0-9][0-9]*\)[/.]*$/\1/p" "$work/$1.log" | head -n 1
}

# serve NAME COMMAND…: in the folder of this run.
serve() {
    name=$1
    shift
    cd "$work"
    PYTHONDONTWRITEBYTECODE=1 "$@" >"$work/$name.log" 2>&1 &
    pids="$pids $!"
    cd "$root"
}

# sshd takes no port of its own choice: another is tried where somebody else has it by now.
serve_openssh() {
    mkdir -p "$work/sftp"
    ssh-keygen -q -t ed25519 -N "" -C "" -f "$work/sftp/host"
    ssh-keygen -q -t rsa -b 3072 -m PEM -N "" -C "" -f "$work/sftp/client"
    printf '%s' "$SFTP_PASSWORD" | openssl passwd -6 -stdin >"$work/sftp/password"
    SFTP_HOST_KEY=$(ssh-keygen -lf "$work/sftp/host.pub" | cut -d " " -f 2)
    export SFTP_HOST_KEY
    for _ in 1 2 3 4 5; do
        SFTP=$(python3 -c 'import socket; at = socket.socket(); at.bind(("127.0.0.1", 0)); print(at.getsockname()[1])')
        : >"$work/sshd.log"
        $as_root unshare --mount "$here/sshd.sh" "$work/sftp" "$SFTP" >>"$work/sshd.log" 2>&1 &
        sshd=$!
        pids="$pids $sshd"
        tries=0
        until grep -q "Server listening" "$work/sshd.log"; do
            tries=$((tries + 1))
            if [ "$tries" -gt 100 ] || ! $as_root kill -0 $sshd 2>/dev/null; then continue 2; fi
            sleep 0.1
        done
        return
    done
    fail "openssh does not start (it needs root, or sudo without a question)" "$work/sshd.log"
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
    for collection in people audiences; do
        kinto "$at/buckets/partner/collections/$collection" --user "adobe:$KINTO_PASSWORD" \
            --data @"$here/kinto-$collection.json"
    done
}

# log_in DESTINATION: somebody logs in with a browser, and the refresh token is kept beside the submission.
log_in() {
    python3 -B "$here/log_in.py" "$destspec" "$work/submission.toml" "$1" "$work/ca.pem" >"$work/login.log" 2>&1 ||
        fail "nobody can log in to $1" "$work/login.log"
}

# judge NAME SUBMISSION [OPTION…]: runs destspec and compares, then judges the record again; the exit code of both is part of what
# is expected.
judge() {
    name=$1
    submission=$2
    shift 2
    code=0
    "$destspec" run "$work/$submission" --quiet --seed 7 --out "$out/$name" "$@" >"$out/$name.txt" 2>&1 || code=$?
    python3 "$here/check.py" "$out/$name/record.json" "$here/expected/$name" "$code" || failed=1
    replayed=0
    "$destspec" replay "$out/$name/record.json" >"$out/$name.replay.txt" 2>&1 || replayed=$?
    if [ "$replayed" -ne "$code" ]; then
        echo "$name: the record judged again: expected exit $code, received $replayed" >&2
        cat "$out/$name.replay.txt" >&2
        failed=1
    fi
    withheld "$name"
}

# withheld NAME: none of the secrets of this run is in its reports.
withheld() {
    for value in "$KINTO_PASSWORD" "$SCIM_TOKEN" "$CLIENT_SECRET" "$PERSON_PASSWORD" "$SFTP_PASSWORD" "$BLOB_KEY" \
        "$INGESTION_TOKEN" $(cat "$work"/*.token); do
        if grep -rqF -e "$value" "$out/$1" "$out/$1.txt" "$out/$1.replay.txt"; then
            echo "$1: expected no secret in the reports, received one" >&2
            failed=1
        fi
    done
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
PERSON=ada
PERSON_PASSWORD=$(secret)
SFTP_PASSWORD=$(secret)
EXTERNAL_ID=$(secret)
INGESTION_TOKEN=$(secret)
BLOB_KEY=$(openssl rand -base64 48)
export KINTO_PASSWORD SCIM_TOKEN CLIENT_SECRET PERSON PERSON_PASSWORD SFTP_PASSWORD EXTERNAL_ID INGESTION_TOKEN BLOB_KEY

certify
serve oidc env OIDC_PROVIDER="$home/oidc/node_modules/oidc-provider/lib/index.js" \
    REDIRECT_URIS="$here/redirect-uris.txt" node "$here/oidc.mjs"
(cd "$work" && DATABASE=people.sqlite3 "$home/django/bin/python" -B "$here/django_oauth.py" seed) ||
    fail "django cannot be seeded"
cp "$work/people.sqlite3" "$work/tokens.sqlite3"
start django django django_oauth:application DATABASE=people.sqlite3
start scim scim scim:application
start kinto kinto "pyramid.paster:get_app('$here/kinto.ini', 'main')"
serve moto env INITIAL_NO_AUTH_ACTION_COUNT=9 "$home/moto/bin/moto_server" -H 127.0.0.1 -p 0 \
    --ssl-cert server.pem --ssl-key server.key
serve azurite env AZURITE_ACCOUNTS="moonshine:$BLOB_KEY" "$home/azurite/node_modules/.bin/azurite-blob" \
    --blobHost 127.0.0.1 --blobPort 0 --cert server.pem --key server.key --inMemoryPersistence --disableTelemetry \
    --skipApiVersionCheck
serve_openssh
OIDC=$(said oidc "Listening at")
start intake django django_oauth:application DATABASE=tokens.sqlite3 REQUESTS_CA_BUNDLE=ca.pem \
    INTROSPECTION="https://localhost:$OIDC/token/introspection"
KINTO=$(port kinto)
SCIM=$(port scim)
DJANGO=$(port django)
INTAKE=$(port intake)
furnish_kinto

MOTO=$(said moto "Running on https")
AZURITE=$(said azurite "successfully listens on")
granted=$(cd "$work" && "$home/ingest/bin/python" -B "$here/furnish.py" "moto=$MOTO" "azurite=$AZURITE" 2>"$work/furnish.log") ||
    fail "moto or azurite cannot be furnished" "$work/furnish.log"
eval "$granted"

cp "$here"/sdk/*.json "$work"
for file in s3-csv gcs-json blob-csv dlz-csv sftp-csv; do
    cp "$root/fixtures/submissions/reference/$file.json" "$root/fixtures/submissions/reference/$file-server.json" "$work"
done
sed -i "s/\"port\": [0-9]*/\"port\": $SFTP/" "$work/sftp-csv-server.json"
serve ingest env MOTO="https://localhost:$MOTO" "$home/ingest/bin/python" "$here/ingest.py" "$here/files.toml"
INGEST=$(said ingest "Listening at")
cp "$here/observe.py" "$work"
sed -e "s/@MOTO@/$MOTO/; s/@INGEST@/$INGEST/; s|@PYTHON@|$home/ingest/bin/python|" "$here/files.toml" >"$work/files.toml"
sed -e "s/@KINTO@/$KINTO/; s/@SCIM@/$SCIM/; s/@DJANGO@/$DJANGO/; s/@OIDC@/$OIDC/; s/@INTAKE@/$INTAKE/" \
    "$here/submission.toml" >"$work/submission.toml"
log_in oauth2-code
log_in oidc-code
rm -rf "$out"
mkdir -p "$out"
failed=0
judge valid submission.toml
judge files files.toml
# Credentials that the servers do not know: nothing may pass that needs them.
KINTO_PASSWORD=$(secret)
SCIM_TOKEN=$(secret)
CLIENT_SECRET=$(secret)
PERSON_PASSWORD=$(secret)
judge refused submission.toml --requirement STR-2.02 --requirement STR-2.05 --requirement STR-2.OAUTH2.01 \
    --requirement STR-2.OAUTH2.02 --requirement STR-2.OAUTH2.06 --requirement STR-2.OAUTH2.10
S3_SECRET=$(openssl rand -hex 20)
EXTERNAL_ID=$(secret)
account="DefaultEndpointsProtocol=https;AccountName=moonshine"
CONNECTION_STRING="$account;AccountKey=$(openssl rand -base64 48);BlobEndpoint=https://localhost:$AZURITE/moonshine"
SAS_URL=$(printf '%s' "$SAS_URL" | sed "s/sp=[a-z]*/sp=racwdl/")
SFTP_PASSWORD=$(secret)
ssh-keygen -q -t rsa -b 3072 -m PEM -N "" -C "" -f "$work/sftp/stranger"
mv "$work/sftp/stranger" "$work/sftp/client"
judge files-refused files.toml --requirement BAT-1.01 --requirement BAT-1.02
exit $failed
