//! Profiles whose attributes break careless readers of files, one class of values at a time.

use rand_chacha::ChaCha20Rng;
use serde_json::Value;

use crate::encode::file::attribute_type::made_value;
use crate::encode::file::export::TextColumn;
use crate::encode::file::schema::DataType;
use crate::encode::message::synthetic;
use crate::model::profile::{Profile, Status};
use crate::suite::parameter::Cells;
use crate::suite::subject::Batch;

/// Signs of a long text.
const LONG: usize = 1_000;

/// Signs of the longest: many databases end columns of text at 4,000.
const LONGEST: usize = 5_000;

/// A plain profile, one for each value of the class, and a plain one again: the class breaks neither of them. Where every
/// text is of the class there is none that is plain: it would keep a reader from taking a column for something else.
pub fn profiles(batch: &Batch, cells: Cells, rng: &mut ChaCha20Rng) -> Vec<Profile> {
    let columns = batch.exporter.text_columns();
    let long = "long text ".repeat(LONGEST / 10);
    let mut one = |what: &What<'_>| profile(batch, &columns, what, rng);
    let plain = (!is_in_every_text(cells)).then_some(What::Plain);
    let mut profiles: Vec<Profile> = plain.iter().map(&mut one).collect();
    profiles.extend(values(cells, &long).iter().map(&mut one));
    profiles.extend(plain.iter().map(&mut one));
    profiles
}

/// Whether a column of texts has no other ones.
fn is_in_every_text(cells: Cells) -> bool {
    match cells {
        Cells::EveryZeros
        | Cells::EveryNumber
        | Cells::EveryTruth
        | Cells::EveryDate
        | Cells::EveryTime => true,
        Cells::Plain
        | Cells::OtherSeparators
        | Cells::Separators
        | Cells::Quotes
        | Cells::Escapes
        | Cells::Both
        | Cells::Missing
        | Cells::Empty
        | Cells::NullWords
        | Cells::Blanks
        | Cells::LineBreaks
        | Cells::Zeros
        | Cells::Numbers
        | Cells::Comments
        | Cells::Markup
        | Cells::Dates
        | Cells::Long
        | Cells::Longest
        | Cells::NonAscii
        | Cells::BeyondBmp => false,
    }
}

/// Letters of the alphabet.
pub const LETTERS: u32 = 26;

/// The same profiles with other texts of the same length: each letter of the attributes is another of its kind, so many
/// places later.
pub fn altered(batch: &Batch, profiles: &[Profile], shift: u32) -> Vec<Profile> {
    let columns = batch.exporter.text_columns();
    let free = || columns.iter().filter(|column| column.is_free());
    let one = |profile: &Profile| {
        free().fold(profile.clone(), |profile, column| {
            match profile
                .attribute_value(&column.path)
                .and_then(Value::as_str)
            {
                Some(text) => {
                    let next: String = text.chars().map(|sign| shifted(sign, shift)).collect();
                    profile.attribute(&column.path, next)
                }
                None => profile,
            }
        })
    };
    profiles.iter().map(one).collect()
}

fn shifted(sign: char, shift: u32) -> char {
    let from = match sign {
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        other => return other,
    };
    let place = (u32::from(sign) - u32::from(from) + shift) % LETTERS;
    char::from_u32(u32::from(from) + place).unwrap_or(sign)
}

/// So many plain profiles.
pub fn plain(batch: &Batch, count: u64, rng: &mut ChaCha20Rng) -> Vec<Profile> {
    let columns = batch.exporter.text_columns();
    let one = |_| profile(batch, &columns, &What::Plain, rng);
    (0..count).map(one).collect()
}

/// Values that tell one reading of a column from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// By the order of day and month, by the year of the week, by the time before 1970.
    Dates,
    /// By the half of the day, by its ends, by the zone in summer and in winter.
    Times,
    /// By the sign, by nothing, by the exponent that great and small ones are written with.
    Numbers,
}

impl Telling {
    /// The values for a column, where it is of that kind; none that a platform may rightly check.
    fn values(self, column: &TextColumn) -> Vec<Value> {
        let of = |wanted: DataType, texts: [&str; 6]| match column.data_type == wanted {
            true => texts.map(Value::from).into(),
            false => Vec::new(),
        };
        match self {
            Self::Dates => of(
                DataType::Date,
                [
                    "1984-03-02",
                    "1999-12-31",
                    "2000-02-29",
                    "1969-12-31",
                    "2004-11-12",
                    "1950-01-01",
                ],
            ),
            Self::Times => of(
                DataType::Timestamp,
                [
                    "2026-01-15T13:05:09Z",
                    "2026-07-15T12:00:00Z",
                    "2025-12-31T23:59:59Z",
                    "2026-03-04T00:00:00Z",
                    "2024-02-29T00:30:00Z",
                    "1969-12-31T18:45:10Z",
                ],
            ),
            Self::Numbers => numbers(column),
        }
    }

    /// Whether a column is of that kind.
    pub fn tells(self, column: &TextColumn) -> bool {
        !self.values(column).is_empty()
    }
}

/// Nobody is -1 years old.
fn numbers(column: &TextColumn) -> Vec<Value> {
    let is_age = column.path.rsplit('.').next() == Some("age");
    if is_age || !column.is_unchecked() {
        return Vec::new();
    }
    // every double holds these, and so does all JSON (RFC 8259 section 6)
    let great = (1_i64 << 53) - 1;
    if column.data_type == DataType::Int {
        [0, -1, i32::MAX, i32::MIN, 1000, -20]
            .map(Value::from)
            .into()
    } else if column.data_type == DataType::BigInt {
        [0, -1, great, -great, 10_000_000_000, -20]
            .map(Value::from)
            .into()
    } else if column.data_type == DataType::Double {
        [0.0, -0.5, 12_345_678.25, 0.000_25, -1e9, 100.0]
            .map(Value::from)
            .into()
    } else {
        Vec::new()
    }
}

/// So many plain profiles, with values that tell one reading from another in each column that has such.
pub fn telling(batch: &Batch, count: u64, telling: Telling, rng: &mut ChaCha20Rng) -> Vec<Profile> {
    let columns = batch.exporter.text_columns();
    let mut profiles = plain(batch, count, rng);
    for column in &columns {
        let told = telling.values(column);
        for (profile, value) in profiles.iter_mut().zip(told.iter().cycle()) {
            *profile = std::mem::take(profile).attribute(&column.path, value.clone());
        }
    }
    profiles
}

/// What the attributes of a profile are.
enum What<'a> {
    Plain,
    Missing,
    Text(&'a str),
}

fn values(cells: Cells, long: &str) -> Vec<What<'_>> {
    let texts: &[&str] = match cells {
        Cells::Plain => &["Ada", "plain text"],
        Cells::OtherSeparators => &["a;b", "a|b", "a\tb", "a:b"],
        Cells::Separators => &["Doe, Jane", ",", "a,b,c", ",,"],
        Cells::Quotes => &["Jo \"JJ\" Doe", "\"", "\"quoted\"", "it's", "'"],
        Cells::Escapes => &[
            "back\\slash",
            "\\",
            "ends with \\",
            "C:\\new\\table",
            "\\\\",
        ],
        Cells::Both => &["a \"b\", c", "\\\", ", "\"a\\\"b\",", ",\\,\"", "\\\","],
        Cells::Missing => return vec![What::Missing, What::Missing],
        Cells::Empty => &["", ""],
        Cells::NullWords => &["null", "NULL", "Null", "none", "NaN", "\\N"],
        Cells::Blanks => &[" leading", "trailing ", "  both  ", "\u{a0}no-break\u{a0}"],
        Cells::LineBreaks => &["two\nlines", "two\r\nlines", "\n", "ends with one\n"],
        Cells::Zeros => &["007", "00", "0123456789", "+41"],
        Cells::Numbers => &[
            "1e5",
            "3.10",
            "12345678901234567890",
            "0x1F",
            "1,5",
            "true",
            "-0",
        ],
        Cells::Comments => &["# no comment", "a # b", "-- note", "// note", "=1+1", "@x"],
        Cells::Markup => &[
            "<b>big</b>",
            "Fish & Chips",
            "&amp; &lt;",
            "two  blanks",
            "{{x}} ${y} %s",
        ],
        Cells::Dates => &["2026-03-02", "03/02/2026", "10:30", "2026-01-15T10:30:00Z"],
        Cells::EveryZeros => &["007", "00", "0123456789", "0001"],
        Cells::EveryNumber => &["1e5", "3.10", "12345678901234567890", "-0"],
        Cells::EveryTruth => &["true", "false", "true", "false"],
        Cells::EveryDate => &["2026-03-02", "1999-12-31", "2000-02-29"],
        Cells::EveryTime => &["2026-01-15T10:30:00Z", "2026-07-15T00:00:00Z"],
        Cells::Long => return vec![What::Text(long.get(..LONG).unwrap_or(long))],
        Cells::Longest => return vec![What::Text(long)],
        Cells::NonAscii => &["Zażółć", "Größe", "Ελλάδα", "日本語", "עברית", "é e\u{301}"],
        Cells::BeyondBmp => &["😀", "👩\u{200d}🚀 astronaut", "𠮷野家", "𝄞"],
    };
    texts.iter().map(|text| What::Text(text)).collect()
}

fn profile(
    batch: &Batch,
    columns: &[TextColumn],
    what: &What<'_>,
    rng: &mut ChaCha20Rng,
) -> Profile {
    let mut profile = Profile::new();
    for namespace in &batch.claims.namespaces {
        let identity = synthetic::identity(rng, &namespace.name);
        profile = profile.identity(&namespace.name, identity);
    }
    let when = batch.started.to_string();
    for audience in &batch.claims.audiences {
        profile = profile.member(&audience.namespace, &audience.id, Status::Realized, &when);
    }
    for column in columns {
        let own = made_value(rng, &column.path, &column.data_type);
        profile = match what {
            What::Text(text) if column.is_free() => profile.attribute(&column.path, *text),
            What::Missing if column.optional => profile.missing(&column.path),
            What::Plain | What::Missing | What::Text(_) => profile.attribute(&column.path, own),
        };
    }
    profile
}
