//! What a person most likely meant, and how several names are said in one breath.

/// What to write instead of a text that is none of these names.
pub fn instead(text: &str, names: &[&str]) -> String {
    match closest(text, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write {}", list(names, "or")),
    }
}

/// The candidate that a person most likely meant; case does not count.
pub fn closest<'a>(text: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let text = text.to_lowercase();
    candidates
        .iter()
        .map(|c| (strsim::damerau_levenshtein(&text, &c.to_lowercase()), *c))
        .filter(|(distance, c)| *distance <= (c.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

/// "`a`, `b` or `c`".
pub fn list(names: &[&str], joint: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
