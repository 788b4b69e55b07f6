//! Every integration test, in one binary: one link for all.

mod bad_input;
mod bundle;
mod cli;
mod codes;
mod completeness;
mod conformance;
mod emulator;
mod export_files;
mod exporter;
mod faults;
mod file_faults;
mod input;
mod messages;
mod null_destinations;
mod pebble;
mod pebble_batch;
mod pebble_fuzz;
mod published;
mod redact;
mod render_file;
mod replays;
mod reports;
#[cfg(feature = "external-programs")]
mod reports_seen;
mod roundtrip;
mod secrets;
mod spark;
mod spark_parquet;
mod spoilt;
mod support;
mod token_answers;
mod vocabulary;
mod wire;
