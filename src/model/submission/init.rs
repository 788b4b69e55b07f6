//! The submission that `destspec init` writes: every key with its comment, and minimal Destination SDK JSON.

/// Path and text of each file.
pub const FILES: [(&str, &str); 3] = [
    (
        "submission.toml",
        include_str!("../../../fixtures/submissions/init/submission.toml"),
    ),
    (
        "sdk/server.json",
        include_str!("../../../fixtures/submissions/init/sdk/server.json"),
    ),
    (
        "sdk/destination.json",
        include_str!("../../../fixtures/submissions/init/sdk/destination.json"),
    ),
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::model::sdk::Family;
    use crate::model::source::Problem;
    use crate::model::submission::{Files, parse};

    struct Initial;

    impl Files for Initial {
        fn read(&self, path: &str) -> Result<String, String> {
            FILES
                .iter()
                .find(|(name, _)| *name == path)
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| "no such file".to_owned())
        }
    }

    #[test]
    fn the_initial_submission_reads_without_a_warning() {
        let (submission, warnings) = parse("submission.toml", FILES[0].1, &Initial).unwrap();
        assert_eq!(warnings, []);
        let destination = &submission.destinations[0];
        assert_eq!(destination.claims().family, Family::Streaming);
        assert_eq!(destination.customer_data.open("region").unwrap(), "eu");
        assert_eq!(destination.audiences.len(), 3);
    }

    #[test]
    fn every_key_in_a_comment_is_known() {
        let lines = FILES[0].1.lines().map(|line| {
            let bare = line.trim_start_matches("# ");
            let is_key = bare.starts_with('[')
                || bare
                    .split(" = ")
                    .next()
                    .unwrap()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_');
            if is_key
                && !bare.contains("_file =")
                && !bare.contains("_template =")
                && !bare.contains("profiles =")
            {
                bare
            } else {
                line
            }
        });
        let text: Vec<&str> = lines.collect();
        let (submission, warnings) = parse("submission.toml", &text.join("\n"), &Initial).unwrap();
        // the template of audiences is a file that nobody has written yet
        let of_audiences = |warning: &Problem| warning.message.contains("`audience_template`");
        assert!(warnings.iter().all(of_audiences), "{warnings:?}");
        let destination = &submission.destinations[0];
        assert!(destination.observe.attributes.is_some());
        assert_eq!(destination.audiences[0].alias, "vip");
        assert_eq!(submission.attestations[0].on, "2026-11-02");
        assert_eq!(
            destination.limits,
            crate::model::submission::Limits {
                requests_per_second: Some(10.0),
                ..Default::default()
            }
        );
    }
}
