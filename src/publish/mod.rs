//! Record to artefacts. Pure: the same record gives the same bytes, with no clock, locale, environment or terminal.

pub mod bundle;
pub mod report;
