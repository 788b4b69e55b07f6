#!/bin/sh
# Runs OpenSSH's server with one user, who may do nothing but SFTP and sees nothing but her own folder.
#
#     unshare --mount tests/servers/sshd.sh FOLDER PORT
#
# FOLDER holds the host key `host`, `client.pub` whose key logs in, `password` as crypt(3) has it, and `home`, which the
# user sees as her root. In the private mount namespace /etc is a folder of three files, so that no account of the machine
# is touched or let in; /srv leads to FOLDER, because sshd refuses to shut a user in below a folder that all may write to.
set -eu
folder=$1
id=20000
mkdir -p "$folder/etc" "$folder/home/upload"
printf 'root:x:0:0::/:/bin/false\nsshd:x:100:65534::/run/sshd:/bin/false\nmoonshine:x:%s:%s::/:/bin/false\n' $id $id >"$folder/etc/passwd"
printf 'moonshine:%s:19000:0:99999:7:::\n' "$(cat "$folder/password")" >"$folder/etc/shadow"
printf 'root:x:0:\nnogroup:x:65534:\nmoonshine:x:%s:\n' $id >"$folder/etc/group"
cp "$folder/client.pub" "$folder/etc/client.pub"
chown 0:0 "$folder/home" "$folder/host" "$folder"/etc/*
chown $id:$id "$folder/home/upload"
chmod 755 "$folder/home" "$folder/etc"
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir /srv/home
mount --bind "$folder/home" /srv/home
cat >/srv/sshd_config <<END
ListenAddress 127.0.0.1
HostKey /srv/host
PidFile none
UsePAM no
UseDNS no
PasswordAuthentication yes
KbdInteractiveAuthentication no
AuthorizedKeysFile /etc/client.pub
StrictModes no
AllowUsers moonshine
Subsystem sftp internal-sftp
ForceCommand internal-sftp
ChrootDirectory /srv/home
DisableForwarding yes
END
install -m 600 "$folder/host" /srv/host
mount --bind "$folder/etc" /etc
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 755 /run/sshd
exec /usr/sbin/sshd -D -e -f /srv/sshd_config -p "$2"
