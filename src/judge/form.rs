//! Judges the form of what a configuration and its credentials say of a location, before anything is sent.

use crate::model::finding::Finding;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// A credential does not have the form that Adobe's pages give.
        destination "form.undocumented" undocumented(names) {
            expected: "credentials of the form that Adobe documents",
            received: "{names}",
            remedy: "give the credentials that the storage's own vendor issues; `destspec explain` has the form",
        }
        /// The name of a bucket is not one that Amazon S3 takes.
        destination "form.bucket" not_a_bucket(bucket) {
            expected: "a bucket name of 3 to 63 lower-case letters, digits, single dots and hyphens, and no IP address",
            received: "`{bucket}`",
            remedy: "correct the bucket in `customer_data`",
        }
        /// Nothing in name or folder of a file tells the audience.
        destination "form.audience-not-named" audience_not_named() {
            expected: "`%SEGMENT_ID%` or `%SEGMENT_NAME%` in the folder or the name of files",
            received: "neither",
            remedy: "put `SEGMENT_ID` into `filenameConfig`",
        }
    }
}

/// Everything that was given has the documented form; those that have not are named.
///
/// # Errors
/// Against the destination.
pub fn documented(unlike: &[String]) -> Result<(), Finding> {
    if unlike.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = unlike
        .iter()
        .map(|name| format!("`{name}` of another form"))
        .collect();
    Err(codes::undocumented(names.join(", ")))
}

/// The name of a bucket (Amazon S3, bucket naming rules; reference 7.14).
///
/// # Errors
/// Against the destination.
pub fn bucket(name: &str) -> Result<(), Finding> {
    let sign = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    let end = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = name.as_bytes();
    let fits = (3..=63).contains(&bytes.len())
        && bytes.iter().all(|b| sign(*b))
        && end(bytes.first())
        && end(bytes.last())
        && !name.contains("..")
        && !is_address(name);
    match fits {
        true => Ok(()),
        false => Err(codes::not_a_bucket(name)),
    }
}

/// Whether it looks like an address of IP: four numbers between dots.
fn is_address(name: &str) -> bool {
    let mut numbers = name.split('.').map(str::parse::<u8>);
    name.split('.').count() == 4 && numbers.all(|number| number.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_a_name_that_amazon_takes() {
        assert!(bucket("acme-audiences.1").is_ok());
        for wrong in [
            "ab",
            "Acme",
            "acme_audiences",
            "-acme",
            "acme-",
            "acme..audiences",
            "192.168.5.4",
            &"a".repeat(64),
        ] {
            assert!(bucket(wrong).is_err(), "{wrong}");
        }
    }
}
