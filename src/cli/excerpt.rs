//! A text with its long lines cut for showing: templates are JSON strings of thousands of characters in one line.

use std::ops::Range;

/// Bytes of a line that are shown at most.
const WIDE: usize = 120;
/// Bytes shown before the place.
const BEFORE: usize = 40;

/// The text with every long line cut, the line of the place around it; and where the place is then.
pub fn cut(text: &str, place: &Range<usize>) -> (String, Range<usize>) {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut shown) = (0, place.clone());
    for line in text.split_inclusive('\n') {
        let here = place.start >= at && place.start < at + line.len();
        let body = line.trim_end_matches(['\r', '\n']);
        if body.len() <= WIDE {
            if here {
                let start = out.len() + place.start - at;
                shown = start..start + (place.end - place.start).min(at + line.len() - place.start);
            }
            out.push_str(line);
        } else {
            let from = if here {
                (place.start - at).saturating_sub(BEFORE)
            } else {
                0
            };
            let from = body.floor_char_boundary(from);
            let to = body.ceil_char_boundary((from + WIDE).min(body.len()));
            out.push_str(if from > 0 { "…" } else { "" });
            if here {
                let start = out.len() + (place.start - at) - from;
                let end = place.end.min(at + to).max(place.start);
                shown = start..start + (end - place.start);
            }
            out.push_str(body.get(from..to).unwrap_or_default());
            out.push_str(if to < body.len() { "…" } else { "" });
            out.push_str(line.get(body.len()..).unwrap_or_default());
        }
        at += line.len();
    }
    if place.start >= text.len() {
        shown = out.len()..out.len();
    }
    (out, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_are_shown_as_they_are() {
        let text = "one\ntwo\nthree";
        assert_eq!(cut(text, &(4..7)), (text.to_owned(), 4..7));
        assert_eq!(cut(text, &(13..13)).1, 13..13);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let long = format!("{}WRONG{}", "ä".repeat(100), "b".repeat(200));
        let text = format!("first\n{long}\nlast");
        let (out, shown) = cut(&text, &(206..211));
        assert_eq!(out.get(shown), Some("WRONG"));
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!((lines[0], lines[2]), ("first", "last"));
        assert!(lines[1].starts_with('…') && lines[1].ends_with('…'));
        assert!(lines[1].len() < 140, "{}", lines[1]);
    }
}
