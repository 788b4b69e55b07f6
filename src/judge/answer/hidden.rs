//! Errors that an accepted answer reports without being JSON: a page, a SOAP fault, a line of text.

/// What a text says where it reports an error: the name of the place, and the words.
pub(super) fn in_text(text: &str) -> Option<(&'static str, String)> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return in_markup(text);
    }
    let line = text.lines().next().unwrap_or_default();
    is_error_line(line).then(|| ("text", line.to_owned()))
}

fn in_markup(text: &str) -> Option<(&'static str, String)> {
    let lower = text.to_lowercase();
    if lower.contains(":fault>") || lower.contains("<fault>") {
        return Some(("Fault", String::from("a SOAP fault")));
    }
    let (_, behind) = lower.split_once("<title>")?;
    let title = behind.split('<').next().unwrap_or_default().trim();
    is_error_title(title).then(|| ("title", title.to_owned()))
}

/// `500 Internal Server Error`, `Error`; not `no errors`.
fn is_error_title(title: &str) -> bool {
    let first = title.split_whitespace().next().unwrap_or_default();
    let status = first.parse::<u16>();
    let denies = ["no error", "0 error", "without error"];
    status.is_ok_and(|status| (400..600).contains(&status))
        || title.contains("error") && !denies.iter().any(|words| title.contains(words))
}

/// `ERROR: not stored`; not `errors: 0`.
fn is_error_line(line: &str) -> bool {
    let word: String = line.chars().take_while(|c| c.is_alphanumeric()).collect();
    let rest = line.get(word.len()..).unwrap_or_default();
    let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let names = ["error", "errors", "failed", "failure", "exception"];
    let denied = ["0", "none", "no", "null", "false"];
    names.contains(&word.to_lowercase().as_str()) && !denied.contains(&rest.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_faults_and_lines_that_report_errors_are_told_from_those_that_do_not() {
        for (text, place) in [
            ("ERROR: not stored", Some("text")),
            ("failed", Some("text")),
            ("errors: 0", None),
            ("error=none", None),
            ("OK", None),
            ("Errorless", None),
            ("", None),
            (
                "<html><title>500 Internal Server Error</title></html>",
                Some("title"),
            ),
            ("<!doctype html><TITLE> Error </TITLE>", Some("title")),
            ("<html><title>Stored, no errors</title></html>", None),
            ("<html><title>Thank you</title><p>error</p></html>", None),
            (
                "<s:Envelope><s:Body><s:Fault></s:Fault></s:Body></s:Envelope>",
                Some("Fault"),
            ),
            ("<ok default=\"1\"/>", None),
        ] {
            assert_eq!(in_text(text).map(|(place, _)| place), place, "{text}");
        }
    }
}
