//! Files as they are deleted. What does not exist is deleted with success, as everywhere in this protocol.

use s3s::dto::{
    DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, Error,
    ObjectIdentifier,
};
use s3s::{S3Error, S3Result};

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::naming::meant;
use crate::emulator::storage::s3::refusal::denied;
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::setup::Permissions;
use crate::emulator::storage::variation::Variation;

/// Deletes a name, or one of its versions.
pub(crate) fn one(
    holding: &Holding,
    rules: &Rules,
    key: &str,
    version: Option<&str>,
) -> S3Result<DeleteObjectOutput> {
    let _turn = holding.turn();
    match version {
        Some(id) => of_version(holding, rules, key, id),
        None => Ok(of_name(holding, rules, key)),
    }
}

fn of_name(holding: &Holding, rules: &Rules, key: &str) -> DeleteObjectOutput {
    let name = meant(key, holding, rules);
    if rules.has(Fault::DeleteIgnored) {
        return DeleteObjectOutput::default();
    }
    if rules.keeps_versions() {
        return DeleteObjectOutput {
            delete_marker: Some(true),
            version_id: Some(holding.mark_deleted(&name)),
            ..DeleteObjectOutput::default()
        };
    }
    holding.forget(&name);
    DeleteObjectOutput::default()
}

fn of_version(
    holding: &Holding,
    rules: &Rules,
    key: &str,
    id: &str,
) -> S3Result<DeleteObjectOutput> {
    let mut output = DeleteObjectOutput {
        version_id: Some(id.to_owned()),
        ..DeleteObjectOutput::default()
    };
    let Some(version) = holding.version(key, id) else {
        return Ok(output);
    };
    if rules.varies(Variation::ObjectLock) && version.object.is_some() {
        return Err(denied());
    }
    if !rules.has(Fault::DeleteIgnored) {
        holding
            .drop_version(&version)
            .map_err(S3Error::internal_error)?;
    }
    output.delete_marker = version.object.is_none().then_some(true);
    Ok(output)
}

/// Deletes several, and tells of each how it went.
pub(crate) fn several(
    holding: &Holding,
    rules: &Rules,
    may: Permissions,
    input: DeleteObjectsInput,
) -> DeleteObjectsOutput {
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for object in input.delete.objects {
        let allowed = may.delete && object.key.starts_with(&holding.prefix);
        let done = match allowed {
            true => one(holding, rules, &object.key, object.version_id.as_deref()),
            false => Err(denied()),
        };
        match done {
            Ok(output) => deleted.push(told(object, output)),
            Err(error) => errors.push(failed(object, &error)),
        }
    }
    DeleteObjectsOutput {
        deleted: (!input.delete.quiet.unwrap_or(false)).then_some(deleted),
        errors: (!errors.is_empty()).then_some(errors),
        ..DeleteObjectsOutput::default()
    }
}

fn told(object: ObjectIdentifier, output: DeleteObjectOutput) -> DeletedObject {
    DeletedObject {
        delete_marker: output.delete_marker,
        delete_marker_version_id: output.version_id.filter(|_| output.delete_marker.is_some()),
        key: Some(object.key),
        version_id: object.version_id,
    }
}

fn failed(object: ObjectIdentifier, error: &S3Error) -> Error {
    Error {
        code: Some(error.code().as_str().to_owned()),
        key: Some(object.key),
        message: error.message().map(str::to_owned),
        version_id: object.version_id,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::storage::s3::S3Setup;
    use crate::emulator::storage::s3::note::{Note, version_id};
    use crate::emulator::storage::s3::support::{inside, setup};

    fn write(holding: &Holding, text: &str) -> String {
        let mut upload = holding.store.begin().unwrap();
        upload.append(text.as_bytes()).unwrap();
        let object = holding.store.commit("a", upload).unwrap();
        let id = version_id();
        let version = Some(id.clone());
        holding.keep(
            "a",
            &object,
            Note {
                version,
                ..Note::default()
            },
            None,
        );
        id
    }

    fn shown(holding: &Holding) -> Option<Vec<u8>> {
        holding.store.get("a").map(|object| object.read().unwrap())
    }

    #[test]
    fn a_marker_hides_and_without_it_the_last_version_shows() {
        let variations = [Variation::Versioned].into();
        let (holding, rules) = inside(S3Setup {
            variations,
            ..setup()
        });
        write(&holding, "1");
        let second = write(&holding, "2");
        let marker = one(&holding, &rules, "a", None).unwrap();
        assert_eq!((marker.delete_marker, shown(&holding)), (Some(true), None));
        one(&holding, &rules, "a", marker.version_id.as_deref()).unwrap();
        assert_eq!(shown(&holding).unwrap(), b"2");
        one(&holding, &rules, "a", Some(&second)).unwrap();
        assert_eq!(shown(&holding).unwrap(), b"1");
    }

    #[test]
    fn a_locked_version_stays() {
        let variations = [Variation::ObjectLock].into();
        let (holding, rules) = inside(S3Setup {
            variations,
            ..setup()
        });
        let first = write(&holding, "1");
        assert!(one(&holding, &rules, "a", Some(&first)).is_err());
        assert_eq!(shown(&holding).unwrap(), b"1");
    }

    #[test]
    fn a_delete_is_ignored_by_its_fault_only() {
        for (faults, kept) in [([].into(), false), ([Fault::DeleteIgnored].into(), true)] {
            let (holding, rules) = inside(S3Setup { faults, ..setup() });
            holding
                .store
                .commit("a", holding.store.begin().unwrap())
                .unwrap();
            one(&holding, &rules, "a", None).unwrap();
            assert_eq!(shown(&holding).is_some(), kept);
        }
    }

    #[test]
    fn a_name_as_it_was_sent_means_the_file_as_it_was_stored() {
        let faults = [Fault::CaseFolded].into();
        let (holding, rules) = inside(S3Setup { faults, ..setup() });
        holding
            .store
            .commit("a", holding.store.begin().unwrap())
            .unwrap();
        one(&holding, &rules, "A", None).unwrap();
        assert_eq!(shown(&holding), None);
    }
}
