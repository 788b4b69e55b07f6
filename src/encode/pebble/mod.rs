//! Templates as Adobe renders them: the language of Pebble 3.2.4 in the subset Adobe supports, with Adobe's additions.
//!
//! The rules are those of Pebble and of the Java that runs it: values keep their Java types, maps their Java order, text
//! its UTF-16 length. Reference 5.3, 5.4 and 5.11; every rendering is bounded, so a template may come from outside.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "every operation treats the few Java types that it knows and all others alike"
)]

mod access;
mod allowance;
mod ast;
mod context;
mod decimal;
mod decimal_format;
mod equals;
mod error;
mod escape;
mod eval;
mod expression;
mod fail;
mod filters;
mod functions;
mod hash_order;
mod java_regex;
mod java_text;
mod lexer;
mod lint;
mod map;
mod members;
mod methods;
mod number;
mod operators;
mod options;
mod parser;
mod predicates;
mod print;
mod reflect;
mod render;
mod seen;
mod simple_date;
mod source;
mod split;
mod subset;
mod tape;
mod template;
mod value;

pub use allowance::Allowance;
pub use context::Context;
pub use error::{Error, ErrorKind};
pub use options::{Escaping, Limits, Locale, Options};
pub use template::Template;
pub use value::Value;
