//! Who is a member now: rows of files in the order of storing let people in, and out.
//!
//! A file never replaces what earlier files said: a row adds its key, or removes it where its status says that the
//! person left. So a full export after another adds to it, and only a row that says so removes.

use std::collections::BTreeSet;

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::platform::{Piece, Source};
use crate::emulator::ingest::row::{Cell, Row};

/// Which columns are looked at.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    /// The key of a member.
    pub(crate) key: String,
    /// What says that a person left, where anything does.
    pub(crate) status: Option<String>,
}

/// The keys of those who are members after all files.
pub(crate) fn members(
    source: &Source,
    mut pieces: Vec<Piece>,
    columns: &Columns,
) -> Result<BTreeSet<String>, (String, Unreadable)> {
    pieces.sort_by_key(|piece| piece.file.object.number);
    let mut crowd = Crowd::default();
    for piece in &pieces {
        for row in source.rows(piece) {
            row.and_then(|row| crowd.take(&row, columns, source))
                .map_err(|reason| (piece.file.name.clone(), reason))?;
        }
    }
    Ok(crowd.members)
}

#[derive(Default)]
struct Crowd {
    members: BTreeSet<String>,
    left: BTreeSet<String>,
}

impl Crowd {
    fn take(&mut self, row: &Row, columns: &Columns, source: &Source) -> Result<(), Unreadable> {
        let lacking = || Unreadable::Refused("the column of the key is missing");
        let key = row.cell(&columns.key).ok_or_else(lacking)?;
        let Some(key) = key.text().filter(|key| !key.is_empty()) else {
            return Ok(());
        };
        let rules = &source.rules;
        let leaves = columns.status.as_ref().is_some_and(|status| {
            let cell = row.cell(status);
            cell.is_some_and(|cell| says_left(status, cell)) && !rules.has(Fault::StatusIgnored)
        });
        if leaves {
            self.members.remove(key);
            if rules.has(Fault::LeavingEmptiesAll) {
                self.members.clear();
            }
            if rules.has(Fault::ReentryIgnored) {
                self.left.insert(key.to_owned());
            }
        } else if !self.left.contains(key) {
            self.members.insert(key.to_owned());
        }
        Ok(())
    }
}

/// `exited` and `expired` say so in any column, `1` and `true` in one that is named after deleting.
fn says_left(column: &str, cell: &Cell) -> bool {
    let text = cell.text().unwrap_or_default().to_lowercase();
    match text.as_str() {
        "exited" | "expired" => true,
        "1" | "true" => column.to_lowercase().contains("delete"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::ingest::probe::{Probe, UNREADABLE};

    #[test]
    fn leaving_is_said_in_the_words_of_exports() {
        for (column, text, left) in [
            ("segmentMembership.status", "exited", true),
            ("status", "Expired", true),
            ("status", "Active", false),
            ("status", "realized", false),
            ("delete", "1", true),
            ("to_delete", "true", true),
            ("delete", "0", false),
            ("status", "1", false),
        ] {
            let cell = Cell::Text(text.to_owned());
            assert_eq!(says_left(column, &cell), left, "{column} {text}");
        }
        assert!(says_left("delete", &Cell::Json("true".to_owned())));
        assert!(!says_left("delete", &Cell::Null));
    }

    #[tokio::test]
    async fn members_enter_and_leave_in_the_order_of_storing() {
        let query = "members?column=id&status=status&folder=in";
        for (fault, expected) in [
            (None, "\"1\"\n\"2\"\n\"4\"\n"),
            (Some(Fault::StatusIgnored), "\"1\"\n\"2\"\n\"3\"\n\"4\"\n"),
            (Some(Fault::ReentryIgnored), "\"1\"\n\"4\"\n"),
            (Some(Fault::LeavingEmptiesAll), "\"2\"\n\"4\"\n"),
        ] {
            let probe = Probe::csv(&fault.into_iter().collect::<Vec<_>>());
            probe.put(
                "in/z.csv",
                "id,status\n1,realized\n2,realized\n3,realized\n",
            );
            probe.put("in/m.csv", "id,status\n2,exited\n3,Expired\n");
            probe.put("in/a.csv", "id,status\n2,realized\n4,\n");
            assert_eq!(
                probe.answer(query).await,
                (200, expected.to_owned()),
                "{fault:?}"
            );
        }
        let probe = Probe::csv(&[]);
        probe.put("in/a.csv", "key\n1\n");
        assert_eq!(probe.answer(query).await.0, UNREADABLE);
        assert_eq!(probe.answer("members?folder=in").await.0, 400);
    }
}
