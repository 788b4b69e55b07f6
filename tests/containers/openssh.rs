//! OpenSSH: one user, who logs in with a password or a key, may do nothing but SFTP and sees nothing but her folder.

use crate::engine::{Order, Server, start as started};
use crate::folder::{Folder, secret};
use crate::image::Image;
use crate::{Unable, local};

const PORT: u16 = 22;
const USER: &str = "moonshine";

/// Starts it.
pub async fn start(image: &Image, folder: &Folder) -> Result<Server, Unable> {
    folder
        .run("ssh-keygen", "-q -t ed25519 -N '' -C '' -f host")
        .await?;
    // the key that Experience Platform takes is of RSA; files.toml reads it here
    folder
        .run(
            "ssh-keygen",
            "-q -t rsa -b 3072 -m PEM -N '' -C '' -f sftp/client",
        )
        .await?;
    let shown = folder.run("ssh-keygen", "-lf host.pub").await?;
    let host_key = shown.split_whitespace().nth(1);
    let host_key = host_key
        .ok_or_else(|| local("read a fingerprint")(&shown))?
        .to_owned();
    let password = secret();
    let order = Order {
        port: PORT,
        ready: "Server listening on",
        arguments: vec![format!("{USER}:{password}:20000:20000:upload")],
        variables: Vec::new(),
        files: vec![
            ("/etc/ssh/ssh_host_ed25519_key", folder.read("host")?, 0o600),
            (
                "/etc/ssh/ssh_host_ed25519_key.pub",
                folder.read("host.pub")?,
                0o644,
            ),
            (
                "/home/moonshine/.ssh/keys/client.pub",
                folder.read("sftp/client.pub")?,
                0o644,
            ),
        ],
    };
    let mut server = started(image, order).await?;
    let granted = [("SFTP_PASSWORD", password), ("SFTP_HOST_KEY", host_key)];
    server
        .credentials
        .extend(granted.map(|(name, value)| (name.to_owned(), value)));
    Ok(server)
}
