//! What a platform gets wrong about cells and names, whatever the format of the file.

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::moment;
use crate::emulator::ingest::row::{Cell, Row};
use crate::emulator::ingest::rules::Rules;

/// The longest cell that is kept whole.
const LONG: usize = 255;
/// The same, of a platform whose columns are longer.
const LONGEST: usize = 4_000;
/// The most digits that a number of 64 bits with a floating point always keeps.
const DIGITS: usize = 15;

/// A way to get text wrong; nothing where it stays as it is.
type Misreading = fn(&str) -> Option<String>;

const OF_TEXT: [(Fault, Misreading); 20] = [
    (Fault::Latin1Read, |text| {
        Some(text.bytes().map(char::from).collect())
    }),
    (Fault::NonAsciiLost, |text| {
        Some(text.replace(|c: char| !c.is_ascii(), "?"))
    }),
    (Fault::FourByteCharactersLost, |text| {
        Some(text.replace(|c: char| c.len_utf8() == 4, ""))
    }),
    (Fault::CellNewlinesFlattened, |text| {
        Some(text.replace("\r\n", " ").replace(['\n', '\r'], " "))
    }),
    (Fault::CellsTrimmed, |text| Some(text.trim().to_owned())),
    (Fault::CellLeadingZerosLost, without_leading_zeros),
    (Fault::CellNumbersRounded, rounded),
    (Fault::CommentsCut, |text| {
        text.split_once('#').map(|(before, _)| before.to_owned())
    }),
    (Fault::DatesSwapped, moment::swapped),
    (Fault::MinusLost, |text| {
        text.strip_prefix('-')
            .filter(|rest| is_number(rest))
            .map(str::to_owned)
    }),
    (Fault::ExponentLost, |text| {
        let (before, _) = text.split_once(['E', 'e'])?;
        is_number(text).then(|| before.to_owned())
    }),
    (Fault::CellEntitiesDecoded, |text| {
        Some(text.replace("&lt;", "<").replace("&amp;", "&"))
    }),
    (Fault::CellBlanksJoined, blanks_joined),
    (Fault::AfternoonLost, moment::by_twelve_hours),
    (Fault::SummerTimeAdded, |text| {
        let is_summer = text
            .get(5..7)
            .is_some_and(|month| ("04".."11").contains(&month));
        moment::an_hour_later(text).filter(|_| is_summer)
    }),
    (Fault::TimesLost, moment::date_only),
    (Fault::TimeFractionsLost, moment::without_fraction),
    (Fault::TimeZoneShifted, moment::an_hour_later),
    (Fault::LongCellsCut, |text| {
        Some(text.chars().take(LONG).collect())
    }),
    (Fault::LongestCellsCut, |text| {
        Some(text.chars().take(LONGEST).collect())
    }),
];

const OF_NAMES: [(Fault, Misreading); 2] = [
    (Fault::ColumnNamesLowerCased, |name| {
        Some(name.to_lowercase())
    }),
    (Fault::ColumnDotsReplaced, |name| {
        Some(name.replace('.', "_"))
    }),
];

/// The misreadings in force.
pub(crate) struct Distortion {
    of_text: Vec<Misreading>,
    of_names: Vec<Misreading>,
    rounds_numbers: bool,
    loses_last_column: bool,
}

impl Distortion {
    pub(crate) fn new(rules: &Rules) -> Self {
        let in_force = |all: &[(Fault, Misreading)]| {
            let own = all.iter().filter(|(fault, _)| rules.has(*fault));
            own.map(|(_, misreading)| *misreading).collect()
        };
        Self {
            of_text: in_force(&OF_TEXT),
            of_names: in_force(&OF_NAMES),
            rounds_numbers: rules.has(Fault::CellNumbersRounded),
            loses_last_column: rules.has(Fault::LastColumnLost),
        }
    }

    pub(crate) fn of(&self, mut row: Row) -> Row {
        if self.loses_last_column && row.names.len() > 1 {
            row.cells.truncate(row.names.len() - 1);
            row.names = row.names.iter().take(row.cells.len()).cloned().collect();
        }
        if !self.of_names.is_empty() {
            let names = row.names.iter();
            row.names = names
                .map(|name| misread(name.clone(), &self.of_names))
                .collect();
        }
        let cells = row.cells.into_iter();
        row.cells = cells.map(|cell| self.cell(cell)).collect();
        row
    }

    fn cell(&self, cell: Cell) -> Cell {
        match cell {
            Cell::Text(text) => Cell::Text(misread(text, &self.of_text)),
            Cell::Json(json) if self.rounds_numbers => Cell::Json(rounded(&json).unwrap_or(json)),
            Cell::Null | Cell::Json(_) => cell,
        }
    }
}

fn misread(text: String, misreadings: &[Misreading]) -> String {
    misreadings
        .iter()
        .fold(text, |text, misreading| misreading(&text).unwrap_or(text))
}

/// Inside only: what is around is another matter.
fn blanks_joined(text: &str) -> Option<String> {
    let (mut joined, inner) = (String::new(), text.trim());
    for sign in inner.chars() {
        if sign != ' ' || !joined.ends_with(' ') {
            joined.push(sign);
        }
    }
    (joined != inner).then(|| text.replace(inner, &joined))
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.parse::<f64>().is_ok()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_leading_zeros(text: &str) -> Option<String> {
    let rest = text.trim_start_matches('0');
    let lost = is_digits(text) && text.len() > 1 && rest.len() < text.len();
    lost.then(|| if rest.is_empty() { "0" } else { rest }.to_owned())
}

/// As a spreadsheet does: fifteen digits stay, the others are zeros.
fn rounded(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    if !is_digits(digits) || digits.len() <= DIGITS {
        return None;
    }
    let (kept, lost) = digits.split_at(DIGITS);
    Some(format!("{sign}{kept}{}", "0".repeat(lost.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, fault: Fault) -> String {
        let row = Row {
            names: ["Person.Name".to_owned(), "b".to_owned()].into(),
            cells: vec![Cell::Text(text.to_owned()), Cell::Null],
        };
        let mut json = String::new();
        Distortion::new(&Rules::with(fault))
            .of(row)
            .write(&mut json);
        json
    }

    #[test]
    fn every_fault_misreads_what_it_says() {
        for (text, fault, wrong) in [
            ("Zoë", Fault::Latin1Read, "ZoÃ«"),
            ("Zoë", Fault::NonAsciiLost, "Zo?"),
            ("ë🦊", Fault::FourByteCharactersLost, "ë"),
            ("a\nb", Fault::CellNewlinesFlattened, "a b"),
            (" a ", Fault::CellsTrimmed, "a"),
            ("007", Fault::CellLeadingZerosLost, "7"),
            (
                "12345678901234567",
                Fault::CellNumbersRounded,
                "12345678901234500",
            ),
            ("2026-01-02", Fault::DatesSwapped, "2026-02-01"),
            ("2026-01-02T03:04:05Z", Fault::TimesLost, "2026-01-02"),
            (
                "2026-01-02T03:04:05.5Z",
                Fault::TimeFractionsLost,
                "2026-01-02T03:04:05Z",
            ),
            (
                "2026-01-02T03:04:05Z",
                Fault::TimeZoneShifted,
                "2026-01-02T04:04:05Z",
            ),
        ] {
            let expected = format!(r#"{{"Person.Name":"{wrong}","b":null}}"#);
            assert_eq!(of(text, fault), expected, "{fault}");
        }
        let cut = of(&"x".repeat(300), Fault::LongCellsCut);
        assert!(cut.contains(&"x".repeat(255)) && !cut.contains(&"x".repeat(256)));
        let cut = of(&"x".repeat(5_000), Fault::LongestCellsCut);
        assert!(cut.contains(&"x".repeat(4_000)) && !cut.contains(&"x".repeat(4_001)));
    }

    #[test]
    fn names_have_their_own_faults() {
        for (fault, wrong) in [
            (
                Fault::ColumnNamesLowerCased,
                r#"{"person.name":"x","b":null}"#,
            ),
            (Fault::ColumnDotsReplaced, r#"{"Person_Name":"x","b":null}"#),
            (Fault::LastColumnLost, r#"{"Person.Name":"x"}"#),
            (Fault::CellsTrimmed, r#"{"Person.Name":"x","b":null}"#),
        ] {
            assert_eq!(of("x", fault), wrong, "{fault}");
        }
    }
}
