#!/bin/sh
# Installs the servers that tests/servers/run.sh starts, each in a virtual environment of its own; does nothing where they stand.
# Where: $DESTSPEC_SERVERS, else ~/.cache/destspec-servers. Ends with 1 and the name of the server that cannot be installed.
set -eu
home=${DESTSPEC_SERVERS:-$HOME/.cache/destspec-servers}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$home"

missing() {
    echo "tests/servers: cannot install $1: $2" >&2
    exit 1
}

command -v openssl >/dev/null || missing "a certificate" "there is no \`openssl\`: apt-get install openssl"
command -v python3 >/dev/null || missing "any server" "there is no \`python3\`: apt-get install python3 python3-venv"

# A stamp that equals the list says that all of the list is there: half an installation is made anew.
install() {
    name=$1
    list="$here/packages/$name.txt"
    stamp="$home/$name/installed.txt"
    if cmp -s "$list" "$stamp"; then return; fi
    echo "installing $name" >&2
    rm -rf "${home:?}/$name"
    python3 -m venv "$home/$name" || missing "$name" "python3 -m venv failed: apt-get install python3-venv"
    "$home/$name/bin/pip" install --quiet --disable-pip-version-check -r "$list" >"$home/$name.log" 2>&1 ||
        missing "$name" "pip failed: $(tail -n 3 "$home/$name.log")"
    cp "$list" "$stamp"
}

install django &
django=$!
install kinto &
kinto=$!
install scim &
scim=$!
failed=0
wait $django || failed=1
wait $kinto || failed=1
wait $scim || failed=1
exit $failed
