//! moto, over TLS: a bucket, a user with the policy that Adobe lists, and one who may assume a role.

use crate::engine::{Order, Server, start as started};
use crate::folder::{Folder, secret};
use crate::image::Image;
use crate::{Unable, local};

const PORT: u16 = 5000;

/// Actions that need no credentials: those of `furnish.py`.
const FREE: &str = "9";

const FURNISH: &str = include_str!("../servers/furnish.py");

/// Starts and furnishes it.
pub async fn start(image: &Image, folder: &Folder) -> Result<Server, Unable> {
    let external_id = secret();
    let order = Order {
        port: PORT,
        ready: "Running on https://",
        arguments: [
            "-p",
            "5000",
            "--ssl-cert",
            "/destspec/server.pem",
            "--ssl-key",
            "/destspec/server.key",
        ]
        .map(String::from)
        .into(),
        variables: vec![
            ("INITIAL_NO_AUTH_ACTION_COUNT", FREE.to_owned()),
            ("EXTERNAL_ID", external_id.clone()),
        ],
        files: vec![
            (
                "/destspec/server.pem",
                folder.certificate.clone().into(),
                0o644,
            ),
            ("/destspec/server.key", folder.key.clone().into(), 0o644),
            ("/destspec/ca.pem", folder.authority.clone().into(), 0o644),
            ("/destspec/furnish.py", FURNISH.into(), 0o644),
        ],
    };
    let mut server = started(image, order).await?;
    let furnish = format!("cd /destspec && python3 -B furnish.py moto={PORT}");
    let granted = server.run(&["sh", "-c", &furnish]).await?;
    for line in granted.lines() {
        let granted = line
            .strip_prefix("export ")
            .and_then(|line| line.split_once('='));
        let (name, value) = granted.ok_or_else(|| local("read what moto granted")(&line))?;
        let value = value.trim_matches('\'').to_owned();
        server.credentials.insert(name.to_owned(), value);
    }
    server
        .credentials
        .insert("EXTERNAL_ID".to_owned(), external_id);
    Ok(server)
}
