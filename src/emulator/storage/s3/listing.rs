//! Names, page by page, in the order of their bytes.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    CommonPrefix, ETag, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object as Listed, ObjectStorageClass, Timestamp,
};
use s3s::{S3Error, S3ErrorCode, S3Result};

use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::read::signed;
use crate::emulator::storage::s3::refusal::{denied, error};
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::store::Object;
use crate::emulator::storage::variation::Variation;

/// The longest page.
const PAGE: i32 = 1000;

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*')
    .remove(b'/')
    .remove(b' ');

/// What a listing is asked for.
struct Question<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    /// Names up to this one are left out.
    after: &'a str,
    /// Whether that was the end of a page before.
    resumed: bool,
    limit: i32,
    /// For names that listings do not know yet.
    number: u64,
}

/// One page.
#[derive(Default)]
struct Page {
    files: Vec<(String, Arc<Object>)>,
    folders: Vec<String>,
    /// Where the next one begins.
    next: Option<String>,
}

/// Answers the question of today.
pub(crate) fn second(
    holding: &Holding,
    rules: &Rules,
    input: ListObjectsV2Input,
) -> S3Result<ListObjectsV2Output> {
    let token = input
        .continuation_token
        .as_deref()
        .map(opened)
        .transpose()?;
    let start = input.start_after.as_deref().unwrap_or_default();
    let question = Question {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: token.as_ref().map_or(start, |(_, name)| name),
        resumed: token.is_some(),
        limit: limit(input.max_keys)?,
        number: token
            .as_ref()
            .map_or_else(|| holding.news.listing(), |(number, _)| *number),
    };
    let page = page(holding, rules, &question)?;
    let url = is_url(input.encoding_type.as_ref());
    let shown = |text: String| shown(text, url);
    let count = page.files.len() + page.folders.len();
    Ok(ListObjectsV2Output {
        name: Some(holding.name.clone()),
        max_keys: Some(question.limit),
        key_count: i32::try_from(count).ok(),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.as_ref().map(|name| closed(question.number, name)),
        contents: Some(files(holding, page.files, url)),
        common_prefixes: (!page.folders.is_empty()).then(|| folders(page.folders, url)),
        prefix: Some(shown(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(shown),
        start_after: input.start_after.map(shown),
        continuation_token: input.continuation_token,
        encoding_type: input.encoding_type,
        ..ListObjectsV2Output::default()
    })
}

/// Answers the question of old.
pub(crate) fn first(
    holding: &Holding,
    rules: &Rules,
    input: ListObjectsInput,
) -> S3Result<ListObjectsOutput> {
    let question = Question {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: input.marker.as_deref().unwrap_or_default(),
        resumed: true,
        limit: limit(input.max_keys)?,
        number: holding.news.listing(),
    };
    let page = page(holding, rules, &question)?;
    let url = is_url(input.encoding_type.as_ref());
    let shown = |text: String| shown(text, url);
    Ok(ListObjectsOutput {
        name: Some(holding.name.clone()),
        max_keys: Some(question.limit),
        is_truncated: Some(page.next.is_some()),
        // who asked for no folders goes on from the last name
        next_marker: page
            .next
            .filter(|_| !question.delimiter.is_empty())
            .map(shown),
        contents: Some(files(holding, page.files, url)),
        common_prefixes: (!page.folders.is_empty()).then(|| folders(page.folders, url)),
        marker: Some(shown(input.marker.unwrap_or_default())),
        prefix: Some(shown(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(shown),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    })
}

fn page(holding: &Holding, rules: &Rules, question: &Question<'_>) -> S3Result<Page> {
    if !question.prefix.starts_with(&holding.prefix) {
        return Err(denied());
    }
    let lags = rules.varies(Variation::EventualList);
    let mut page = Page::default();
    let mut last: Option<String> = None;
    for (name, object) in holding.store.list(question.prefix) {
        if is_past(&name, question) || lags && holding.news.hides(&name, question.number) {
            continue;
        }
        let folder = folder(&name, question).map(str::to_owned);
        if folder.is_some() && folder.as_ref() == page.folders.last() {
            continue;
        }
        let count = page.files.len() + page.folders.len();
        if i32::try_from(count).is_ok_and(|count| count >= question.limit) {
            page.next = last;
            return Ok(page);
        }
        last = Some(folder.clone().unwrap_or_else(|| name.clone()));
        match folder {
            Some(folder) => page.folders.push(folder),
            None => page.files.push((name, object)),
        }
    }
    Ok(page)
}

fn is_past(name: &str, question: &Question<'_>) -> bool {
    let after = question.after;
    let is_shown_folder = question.resumed
        && !question.delimiter.is_empty()
        && after.ends_with(question.delimiter)
        && after.len() > question.prefix.len();
    name <= after && !after.is_empty() || is_shown_folder && name.starts_with(after)
}

/// The name up to the first delimiter after the prefix.
fn folder<'a>(name: &'a str, question: &Question<'_>) -> Option<&'a str> {
    let below = name.strip_prefix(question.prefix)?;
    let at = below
        .find(question.delimiter)
        .filter(|_| !question.delimiter.is_empty())?;
    name.get(..question.prefix.len() + at + question.delimiter.len())
}

fn limit(asked: Option<i32>) -> S3Result<i32> {
    match asked.unwrap_or(PAGE) {
        negative if negative < 0 => Err(error(
            S3ErrorCode::InvalidArgument,
            "max-keys must not be negative",
        )),
        asked => Ok(asked.min(PAGE)),
    }
}

fn files(holding: &Holding, files: Vec<(String, Arc<Object>)>, url: bool) -> Vec<Listed> {
    let listed = files.into_iter().map(|(name, object)| Listed {
        e_tag: Some(ETag::Strong(holding.note(&object).etag)),
        key: Some(shown(name, url)),
        last_modified: Some(Timestamp::from(object.modified)),
        size: Some(signed(object.bytes)),
        storage_class: Some(ObjectStorageClass::from_static(
            ObjectStorageClass::STANDARD,
        )),
        ..Listed::default()
    });
    listed.collect()
}

fn folders(folders: Vec<String>, url: bool) -> Vec<CommonPrefix> {
    let listed = folders.into_iter().map(|folder| CommonPrefix {
        prefix: Some(shown(folder, url)),
    });
    listed.collect()
}

fn is_url(encoding: Option<&EncodingType>) -> bool {
    encoding.is_some_and(|encoding| encoding.as_str() == EncodingType::URL)
}

/// A name as the answer has it: blanks are plus signs, as in forms.
fn shown(name: String, url: bool) -> String {
    match url {
        true => utf8_percent_encode(&name, PLAIN)
            .to_string()
            .replace(' ', "+"),
        false => name,
    }
}

fn closed(number: u64, name: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{number}:{name}"))
}

fn opened(token: &str) -> S3Result<(u64, String)> {
    let wrong = || -> S3Error {
        error(
            S3ErrorCode::InvalidArgument,
            "The continuation token provided is incorrect",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let (number, name) = text.split_once(':').ok_or_else(wrong)?;
    Ok((number.parse().map_err(|_| wrong())?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::storage::s3::S3Setup;
    use crate::emulator::storage::s3::support::{inside, setup};

    fn filled(names: &[&str], setup: S3Setup) -> (Arc<Holding>, Arc<Rules>) {
        let (holding, rules) = inside(setup);
        for name in names {
            holding
                .store
                .commit(name, holding.store.begin().unwrap())
                .unwrap();
            holding.news.add(name);
        }
        (holding, rules)
    }

    fn asked(prefix: &str, delimiter: &str, max_keys: i32) -> ListObjectsV2Input {
        ListObjectsV2Input {
            bucket: "landing".to_owned(),
            prefix: Some(prefix.to_owned()),
            delimiter: (!delimiter.is_empty()).then(|| delimiter.to_owned()),
            max_keys: Some(max_keys),
            ..ListObjectsV2Input::default()
        }
    }

    /// All pages: names, and folders.
    fn pages(holding: &Holding, rules: &Rules, mut input: ListObjectsV2Input) -> Vec<Vec<String>> {
        let mut pages = Vec::new();
        loop {
            let page = second(holding, rules, input.clone()).unwrap();
            let files = page
                .contents
                .unwrap()
                .into_iter()
                .filter_map(|file| file.key);
            let folders = page.common_prefixes.unwrap_or_default();
            let folders = folders.into_iter().filter_map(|folder| folder.prefix);
            pages.push(files.chain(folders).collect());
            input.continuation_token = page.next_continuation_token;
            if input.continuation_token.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn names_come_in_pages_and_folders_once() {
        let names = ["in/a", "in/b/1", "in/b/2", "in/c", "out"];
        let (holding, rules) = filled(&names, setup());
        let found =
            |prefix, delimiter, limit| pages(&holding, &rules, asked(prefix, delimiter, limit));
        assert_eq!(found("in/", "", 3), [&names[..3], &names[3..4]]);
        assert_eq!(found("in/", "/", 1000), [["in/a", "in/c", "in/b/"]]);
        assert_eq!(found("in/", "/", 1), [["in/a"], ["in/b/"], ["in/c"]]);
        assert_eq!(found("", "/", 1000), [["out", "in/"]]);
        assert_eq!(found("none", "", 1000), [[""; 0]]);
        assert_eq!(found("in/", "", 0), [[""; 0]]);
    }

    #[test]
    fn names_are_encoded_if_asked_for() {
        let (holding, rules) = filled(&["a b+é%/\u{1f600}"], setup());
        let input = ListObjectsV2Input {
            encoding_type: Some(EncodingType::from_static(EncodingType::URL)),
            ..asked("", "", 1)
        };
        assert_eq!(
            pages(&holding, &rules, input),
            [["a+b%2B%C3%A9%25/%F0%9F%98%80"]]
        );
    }

    #[test]
    fn a_listing_that_lags_knows_new_names_the_second_time() {
        let variations = [Variation::EventualList].into();
        let (holding, rules) = filled(
            &["a", "b", "c"],
            S3Setup {
                variations,
                ..setup()
            },
        );
        let found = || pages(&holding, &rules, asked("", "", 2)).concat();
        assert_eq!(found(), [""; 0]);
        assert_eq!(found(), ["a", "b", "c"]);
    }

    #[test]
    fn nonsense_is_refused() {
        let (holding, rules) = filled(&[], setup());
        let code = |input| {
            second(&holding, &rules, input)
                .unwrap_err()
                .code()
                .as_str()
                .to_owned()
        };
        assert_eq!(code(asked("", "", -1)), "InvalidArgument");
        let continuation_token = Some("nonsense".to_owned());
        assert_eq!(
            code(ListObjectsV2Input {
                continuation_token,
                ..asked("", "", 1)
            }),
            "InvalidArgument"
        );
    }
}
