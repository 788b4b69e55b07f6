#!/bin/sh
# Installs the servers that tests/servers/run.sh starts, each in a folder of its own; does nothing where they stand.
# Where: $DESTSPEC_SERVERS, else ~/.cache/destspec-servers. Ends with 1 and the name of the server that cannot be installed.
set -eu
home=${DESTSPEC_SERVERS:-$HOME/.cache/destspec-servers}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$home"

sudo() { if [ "$(id -u)" = 0 ]; then "$@"; else command sudo -n "$@"; fi; }

missing() {
    echo "tests/servers: cannot install $1: $2" >&2
    exit 1
}

command -v openssl >/dev/null || missing "a certificate" "there is no \`openssl\`: apt-get install openssl"
command -v python3 >/dev/null || missing "any server" "there is no \`python3\`: apt-get install python3 python3-venv"

command -v npm >/dev/null || missing "azurite and oidc-provider" "there is no \`npm\`: install Node.js 20 or newer"

# The daemon is not started where Debian installs it: run.sh starts its own.
install_openssh() {
    if [ -x /usr/sbin/sshd ]; then return; fi
    echo "installing openssh-server" >&2
    quiet=""
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        quiet=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$home/policy-rc.d"
        sudo install -m 755 "$home/policy-rc.d" $quiet
    fi
    { sudo apt-get update -qq && sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends openssh-server; } >"$home/openssh.log" 2>&1 || true
    if [ -n "$quiet" ]; then sudo rm -f "$quiet"; fi
    [ -x /usr/sbin/sshd ] || missing "openssh-server" "apt-get failed: $(tail -n 3 "$home/openssh.log")"
}

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

install_by_npm() {
    name=$1
    list="$here/packages/$name.txt"
    if cmp -s "$list" "$home/$name/installed.txt"; then return; fi
    echo "installing $name" >&2
    rm -rf "${home:?}/$name"
    mkdir -p "$home/$name"
    (cd "$home/$name" && npm init -y && xargs npm install --no-audit --no-fund <"$list") >"$home/$name.log" 2>&1 ||
        missing "$name" "npm failed: $(tail -n 3 "$home/$name.log")"
    cp "$list" "$home/$name/installed.txt"
}

pids=""
for name in django kinto scim moto ingest; do
    install $name &
    pids="$pids $!"
done
for name in azurite oidc; do
    install_by_npm $name &
    pids="$pids $!"
done
install_openssh &
pids="$pids $!"
failed=0
for pid in $pids; do wait "$pid" || failed=1; done
exit $failed
