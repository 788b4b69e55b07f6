//! `destspec render file --explain`: folder, name and each option, its text, and the place that it came from, in columns.

use crate::encode::file::export::Explained;

/// One line each.
pub fn text(explained: &[Explained]) -> String {
    let texts: Vec<String> = explained.iter().map(|one| quoted(&one.text)).collect();
    let width = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
    let names = width(&mut explained.iter().map(|one| one.name.len()));
    let wide = width(&mut texts.iter().map(|text| text.chars().count())).min(48);
    let shown = explained.iter().zip(&texts);
    shown
        .map(|(Explained { name, from, .. }, text)| {
            format!("{name:<names$}  {text:<wide$}  {from}\n")
        })
        .collect()
}

fn quoted(text: &str) -> String {
    let text = text.escape_debug().to_string().replace("\\'", "'");
    format!("\"{text}\"")
}
