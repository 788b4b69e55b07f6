//! One case: our file, and whether Spark's outcome is the same.

use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::encode::file::compression::Encoder;
use destspec::encode::file::csv::CsvWriter;
use destspec::encode::file::error::FileError;
use destspec::encode::file::json::JsonWriter;
use destspec::encode::file::options::{
    Compression, Defaults, FileOptions, FileType, Given, Origin,
};
use destspec::encode::file::schema::{Row, Schema};
use destspec::encode::file::write::suffix;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::spark::typed;

/// The largest chunk that Hadoop reads.
const CHUNK: usize = 256 * 1024;

/// `None` where our file is as one of Spark's versions wrote it.
pub fn disagreement(case: &Json) -> Option<String> {
    let ours = write(case);
    let others = case["otherVersions"]
        .as_object()
        .into_iter()
        .flat_map(|versions| versions.values());
    let outcomes: Vec<&Json> = others
        .filter(|other| other.is_object())
        .chain([&case["expected"]])
        .collect();
    let mut why = String::new();
    for outcome in outcomes {
        match differs(outcome, &ours) {
            None => return None,
            Some(difference) => why = difference,
        }
    }
    Some(why)
}

/// The whole file, its suffix and its compression.
struct Written {
    bytes: Vec<u8>,
    suffix: String,
    compression: Compression,
}

fn write(case: &Json) -> Result<Written, FileError> {
    let options = FileOptions::resolve(&given(case), Defaults::Spark)?;
    let schema = typed::schema(&case["schema"]);
    let rows = typed::rows(&case["rows"], &schema);
    let encoder = Encoder::new(Vec::new(), options.compression);
    let encoder = match options.file_type {
        FileType::Csv => write_csv(encoder, &schema, &rows, &options)?,
        FileType::Json => write_json(encoder, &schema, &rows, &options)?,
        FileType::Parquet => panic!("a Parquet case in a folder of text files"),
    };
    Ok(Written {
        bytes: encoder.finish()?,
        suffix: suffix(&options),
        compression: options.compression,
    })
}

fn write_csv<W: Write>(
    out: W,
    schema: &Schema,
    rows: &[Row],
    options: &FileOptions,
) -> Result<W, FileError> {
    let mut writer = CsvWriter::new(out, schema, &options.csv)?;
    rows.iter().try_for_each(|row| writer.write_row(row))?;
    writer.finish()
}

fn write_json<W: Write>(
    out: W,
    schema: &Schema,
    rows: &[Row],
    options: &FileOptions,
) -> Result<W, FileError> {
    let mut writer = JsonWriter::new(out, schema, &options.json)?;
    rows.iter().try_for_each(|row| writer.write_row(row))?;
    writer.finish()
}

fn given(case: &Json) -> Given {
    let file_type = case["fileConfigurations"]["fileType"]["value"]
        .as_str()
        .unwrap_or("csv");
    let pairs = ["sparkConf", "sparkOptions"]
        .into_iter()
        .filter_map(|key| case[key].as_object())
        .flatten();
    pairs
        .filter_map(|(name, value)| {
            Some((name.clone(), (value.as_str()?.to_owned(), Origin::Partner)))
        })
        .chain([(
            "fileType".to_owned(),
            (file_type.to_owned(), Origin::Partner),
        )])
        .collect()
}

fn differs(outcome: &Json, ours: &Result<Written, FileError>) -> Option<String> {
    match (outcome["parts"].get(0), ours) {
        (None, Err(_)) => None,
        (None, Ok(_)) => Some("Spark refuses, we write".to_owned()),
        (Some(_), Err(error)) => Some(format!("Spark writes, we refuse: {error}")),
        (Some(part), Ok(written)) => part_differs(part, written),
    }
}

fn part_differs(part: &Json, written: &Written) -> Option<String> {
    if let Some(name) = part["name"].as_str()
        && !name.ends_with(&format!("-c000{}", written.suffix))
    {
        return Some(format!(
            "expected the name {name}, received the suffix {}",
            written.suffix
        ));
    }
    let expected = part.get("decompressed").unwrap_or(part);
    let (plain, blocks) = decompressed(&written.bytes, written.compression);
    if let Some(layout) = part["hadoopBlocks"].as_array() {
        let lengths: Vec<u64> = layout
            .iter()
            .filter_map(|block| block["uncompressed"].as_u64())
            .collect();
        if lengths != blocks {
            return Some(format!(
                "expected blocks of {lengths:?}, received {blocks:?}"
            ));
        }
    }
    if let Some(base64) = expected["base64"].as_str() {
        let bytes = STANDARD.decode(base64).unwrap();
        return (bytes != plain).then(|| first_difference(&bytes, &plain));
    }
    let digest: String = Sha256::digest(&plain)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    (expected["sha256"] != digest.as_str())
        .then(|| format!("another digest over {} bytes", plain.len()))
}

/// The plain bytes, and the length of every Hadoop block.
fn decompressed(file: &[u8], compression: Compression) -> (Vec<u8>, Vec<u64>) {
    let mut plain = Vec::new();
    let mut blocks = Vec::new();
    match compression {
        Compression::None => plain.extend_from_slice(file),
        Compression::Gzip => drop(
            flate2::read::GzDecoder::new(file)
                .read_to_end(&mut plain)
                .unwrap(),
        ),
        Compression::Deflate => drop(
            flate2::read::ZlibDecoder::new(file)
                .read_to_end(&mut plain)
                .unwrap(),
        ),
        Compression::Bzip2 => drop(
            bzip2::read::BzDecoder::new(file)
                .read_to_end(&mut plain)
                .unwrap(),
        ),
        Compression::Lz4 => unframe(file, &mut plain, &mut blocks, |chunk| {
            lz4_flex::block::decompress(chunk, CHUNK).unwrap()
        }),
        Compression::Snappy => {
            unframe(file, &mut plain, &mut blocks, |chunk| {
                snap::raw::Decoder::new().decompress_vec(chunk).unwrap()
            });
        }
    }
    (plain, blocks)
}

fn unframe(
    mut file: &[u8],
    plain: &mut Vec<u8>,
    blocks: &mut Vec<u64>,
    decode: impl Fn(&[u8]) -> Vec<u8>,
) {
    while !file.is_empty() {
        let length = take_length(&mut file);
        blocks.push(length as u64);
        let end = plain.len() + length;
        while plain.len() < end {
            let (chunk, rest) =
                file[4..].split_at(u32::from_be_bytes(file[..4].try_into().unwrap()) as usize);
            file = rest;
            let decoded = decode(chunk);
            assert!(decoded.len() <= CHUNK, "a chunk of {} bytes", decoded.len());
            plain.extend(decoded);
        }
    }
}

fn take_length(file: &mut &[u8]) -> usize {
    let (length, rest) = file.split_at(4);
    *file = rest;
    u32::from_be_bytes(length.try_into().unwrap()) as usize
}

fn first_difference(expected: &[u8], received: &[u8]) -> String {
    let at = expected
        .iter()
        .zip(received)
        .take_while(|(a, b)| a == b)
        .count();
    let shown = |bytes: &[u8]| {
        let from = at.saturating_sub(30);
        String::from_utf8_lossy(&bytes[from.min(bytes.len())..(at + 40).min(bytes.len())])
            .escape_debug()
            .to_string()
    };
    format!(
        "at byte {at}: expected `{}`, received `{}`",
        shown(expected),
        shown(received)
    )
}
