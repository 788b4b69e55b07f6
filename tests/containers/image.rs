//! Which image holds the server of a kind, and which destinations of `tests/servers/files.toml` are at it.

use toml::Table;

use crate::{Unable, local};

const IMAGES: &str = include_str!("../servers/images.toml");

/// A kind of location.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// moto, for Amazon and for Google.
    S3,
    /// Azurite, for containers and for landing zones.
    AzureBlob,
    /// OpenSSH.
    Sftp,
}

/// An image.
pub struct Image {
    /// As an engine is asked for it.
    pub whole: String,
    /// What names another.
    pub variable: &'static str,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::S3, Kind::AzureBlob, Kind::Sftp];

    /// Its name in `images.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::S3 => "s3",
            Kind::AzureBlob => "azure-blob",
            Kind::Sftp => "sftp",
        }
    }

    /// Its destinations.
    pub fn destinations(self) -> &'static [&'static str] {
        match self {
            Kind::S3 => &["moto-s3", "moto-role", "moto-gcs"],
            Kind::AzureBlob => &["azurite-blob", "azurite-dlz"],
            Kind::Sftp => &["openssh-password", "openssh-key"],
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Kind::S3 => "DESTSPEC_IMAGE_MOTO",
            Kind::AzureBlob => "DESTSPEC_IMAGE_AZURITE",
            Kind::Sftp => "DESTSPEC_IMAGE_OPENSSH",
        }
    }

    /// That of its variable, or else of `images.toml`.
    pub fn image(self) -> Result<Image, Unable> {
        let table: Table = IMAGES.parse().map_err(|e| local("read images.toml")(&e))?;
        let named = |name: &str| {
            let value = table.get(self.name())?.get(name)?;
            value.as_str().map(str::to_owned)
        };
        let public =
            named("image").filter(|_| named("variable").as_deref() == Some(self.variable()));
        let own = std::env::var(self.variable()).ok();
        let whole = own.filter(|own| !own.is_empty()).or(public);
        Ok(Image {
            whole: whole.ok_or_else(|| local("read images.toml")(&"a row is missing"))?,
            variable: self.variable(),
        })
    }
}

impl Image {
    /// Name and tag, which is `latest` where none is written.
    pub fn parts(&self) -> (&str, &str) {
        match self.whole.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            Some(_) | None => (&self.whole, "latest"),
        }
    }
}
