//! Opens a destination that takes files: which credentials reach its location.

use jiff::Timestamp;

use std::sync::Arc;

use crate::encode::audience::{Api, is_authorized};
use crate::encode::file::export::Exporter;
use crate::encode::file::options::Reading;
use crate::model::location::Location;
use crate::model::submission::credential_form::unlike;
use crate::model::submission::{
    AuthenticationClaim, CredentialName, Destination, SecretName, Submission,
};
use crate::suite::open::auth::Credentials;
use crate::suite::open::{Target, TargetError, Ways, audience_api, door, redactor};
use crate::suite::source::Source;
use crate::suite::subject::{Batch, Subject};
use crate::wire::storage::{
    AdlsSetup, AzureBlobSetup, DlzSetup, GcsSetup, Role, S3Setup, SftpSecret, SftpSetup,
};
use crate::wire::{AuthSetup, StorageSetup};

/// Opens it.
///
/// # Errors
/// Its files cannot be made, a credential is missing, or its door does not open.
pub(super) fn target(
    submission: &Submission,
    destination: &Destination,
    source: &Source<'_>,
) -> Result<Target, TargetError> {
    let (fetched, mut given) = source.credentials(destination);
    let destination = destination.with_secrets(&fetched.secrets);
    let destination = destination.of_run(source.run_id());
    let exporter = Exporter::new(&destination, Reading::default());
    let exporter = exporter.map_err(|problem| TargetError::Export {
        name: destination.name.clone(),
        problem: Box::new(problem),
    })?;
    let authentication = destination.login();
    let credentials = Credentials {
        destination: &destination.name,
        claim: authentication,
        fetched: &fetched,
    };
    let claims = destination.claims();
    let (audience_api, warnings) = audience_api(&destination, exporter.warnings());
    let audience_auth = audience_auth(audience_api.as_ref(), &credentials, source)?;
    let mut subject = Batch {
        authentication,
        claims,
        warnings,
        audience_api,
        exporter,
        edition: submission.edition,
        given: given.clone(),
        run_id: source.run_id().to_owned(),
        started: source.started_at().parse().unwrap_or(Timestamp::UNIX_EPOCH),
        destination: destination.clone(),
    };
    if let (AuthenticationClaim::File(kind), Source::Live(_)) = (subject.authentication, source) {
        given.unlike = unlike(kind, &fetched);
    }
    let storage = storage(&subject, &credentials)?;
    if let (StorageSetup::Sftp(setup), Source::Live(_)) = (&storage, source)
        && setup.is_foreign()
    {
        given
            .unlike
            .push(CredentialName::PrivateKey.key().to_owned());
    }
    given.hosts = match (source, given.hosts) {
        (Source::Live(_), _) => storage.hosts(),
        // what follows from the submission is made again, and what a secret names is some host
        (Source::Replay(_), Some(recorded)) => storage
            .hosts()
            .or_else(|| Some(recorded).filter(|hosts| !hosts.is_empty())),
        (Source::Replay(_), None) => None,
    };
    let token = SecretName::Credential(CredentialName::IngestionToken);
    let auth = match fetched.secrets.get(&token) {
        Some(token) => AuthSetup::Bearer {
            token: token.clone(),
        },
        None => AuthSetup::None,
    };
    let redactor = redactor(&destination, &fetched, source, &mut given);
    let ways = Ways {
        auth,
        audience_auth: Some(audience_auth),
        storage: Some(storage),
    };
    let door = door(&destination, source, ways, redactor)?;
    subject.given = given;
    Ok(Target {
        subject: Subject::Batch(Arc::new(subject)),
        door,
    })
}

/// The audience API has a token of its own: no way to log in to a location is one to an API (reference 8.1).
fn audience_auth(
    api: Option<&Api>,
    credentials: &Credentials<'_>,
    source: &Source<'_>,
) -> Result<AuthSetup, TargetError> {
    let asked = api.is_some_and(|api| api.template().events.iter().any(is_authorized));
    match (credentials.secret(CredentialName::AudienceToken), source) {
        (Ok(token), _) => Ok(AuthSetup::Bearer { token }),
        (Err(lacking), Source::Live(_)) if asked => Err(lacking),
        (Err(_), Source::Live(_) | Source::Replay(_)) => Ok(AuthSetup::None),
    }
}

fn storage(subject: &Batch, given: &Credentials<'_>) -> Result<StorageSetup, TargetError> {
    let folder = subject.root().to_owned();
    let reach = &subject.destination.reach;
    let endpoint = reach.endpoint.clone();
    Ok(match subject.location() {
        Location::S3 { bucket, .. } => StorageSetup::S3(Box::new(S3Setup {
            bucket: bucket.clone(),
            folder,
            endpoint,
            region: reach.region.clone(),
            access_key_id: given.open(CredentialName::AccessKeyId)?,
            secret_access_key: given.secret(CredentialName::SecretAccessKey)?,
            session_token: given.secret(CredentialName::SessionToken).ok(),
            role: given.open(CredentialName::RoleArn).ok().map(|arn| Role {
                arn,
                external_id: given.open(CredentialName::ExternalId).ok(),
            }),
        })),
        Location::GoogleCloud { bucket, .. } => StorageSetup::GoogleCloud(Box::new(GcsSetup {
            bucket: bucket.clone(),
            folder,
            endpoint,
            access_key_id: given.open(CredentialName::AccessKeyId)?,
            secret_access_key: given.secret(CredentialName::SecretAccessKey)?,
        })),
        Location::AzureBlob {
            account, container, ..
        } => StorageSetup::AzureBlob(Box::new(AzureBlobSetup {
            account: account.clone(),
            container: container.clone(),
            folder,
            endpoint,
            connection_string: given.secret(CredentialName::ConnectionString)?,
        })),
        Location::DataLandingZone { .. } => StorageSetup::DataLandingZone(Box::new(DlzSetup {
            folder,
            sas_url: given.secret(CredentialName::SasUrl)?,
        })),
        Location::AdlsGen2 {
            host, file_system, ..
        } => StorageSetup::AdlsGen2(Box::new(AdlsSetup {
            host: host.clone().unwrap_or_default(),
            file_system: file_system.clone().unwrap_or_default(),
            folder,
            endpoint,
            authority: reach.authority.clone(),
            tenant_id: given.open(CredentialName::TenantId)?,
            client_id: given.open(CredentialName::ClientId)?,
            client_secret: given.secret(CredentialName::ClientSecret)?,
        })),
        Location::Sftp { host, port, .. } => StorageSetup::Sftp(Box::new(SftpSetup {
            host: host.clone(),
            port: *port,
            folder,
            username: given.open(CredentialName::Username)?,
            secret: match given.secret(CredentialName::PrivateKey) {
                Ok(key) => SftpSecret::Key {
                    key,
                    passphrase: given.secret(CredentialName::Passphrase).ok(),
                },
                Err(_) => SftpSecret::Password(given.secret(CredentialName::Password)?),
            },
            host_key: given.open(CredentialName::HostKey).ok(),
        })),
    })
}
