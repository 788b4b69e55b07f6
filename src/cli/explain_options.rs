//! `destspec render file --explain`: each option, its text, and the place that it came from.

use crate::encode::file::configured::Configured;
use crate::encode::file::options::Origin;

/// Each option, its text and its place, in columns.
pub fn text(configured: &Configured) -> String {
    let options = &configured.options;
    let mut lines = vec![
        (
            "path",
            configured.path.clone(),
            configured.path_place.to_string(),
        ),
        (
            "filename",
            configured.name.to_string(),
            configured.name_place.to_string(),
        ),
    ];
    for option in options.explain() {
        let place = match (option.origin, configured.place(&option.name)) {
            (Origin::Partner, Some(place)) => place.to_string(),
            (origin, _) => origin.to_string(),
        };
        lines.push((&option.name, option.text.clone(), place));
    }
    let texts: Vec<String> = lines.iter().map(|(_, text, _)| quoted(text)).collect();
    let width = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
    let names = width(&mut lines.iter().map(|(name, ..)| name.len()));
    let wide = width(&mut texts.iter().map(|text| text.chars().count())).min(48);
    let shown = lines.iter().zip(&texts);
    shown
        .map(|((name, _, place), text)| format!("{name:<names$}  {text:<wide$}  {place}\n"))
        .collect()
}

fn quoted(text: &str) -> String {
    let text = text.escape_debug().to_string().replace("\\'", "'");
    format!("\"{text}\"")
}
