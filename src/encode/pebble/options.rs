//! The switches of a Pebble engine and the bounds on a rendering.

/// How a printed value is escaped when autoescaping is on, or by the filter `escape`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escaping {
    /// `& < > " '` as entities.
    #[default]
    Html,
    /// JavaScript string.
    Js,
    /// CSS identifier.
    Css,
    /// Percent-encoding of a URL parameter.
    UrlParam,
    /// JSON string.
    Json,
}

/// Bounds on one rendering; a template from outside cannot exceed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Length of the template in bytes.
    pub source: usize,
    /// Nesting of expressions, tags and printed values.
    pub depth: usize,
    /// Steps of evaluation, about one per expression evaluated or element visited.
    pub steps: u64,
    /// Bytes of the output.
    pub output: usize,
    /// Bytes of values that the template itself makes.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            source: 4 << 20,
            depth: 100,
            steps: 50_000_000,
            output: 256 << 20,
            memory: 512 << 20,
        }
    }
}

/// The locale of `upper`, `lower`, `numberformat` and `date`: a language and a country, as `en`, `US`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// ISO 639 code, lower case.
    pub language: String,
    /// ISO 3166 code, upper case; empty for none.
    pub country: String,
}

impl Default for Locale {
    fn default() -> Locale {
        Locale {
            language: "en".to_owned(),
            country: "US".to_owned(),
        }
    }
}

/// The switches of a Pebble engine. The default is [`Options::adobe`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Escape printed values with `escaping`.
    pub auto_escaping: bool,
    /// Swallow one line terminator after each closing delimiter.
    pub new_line_trimming: bool,
    /// Missing attributes and variables are errors.
    pub strict_variables: bool,
    /// Method arguments may be converted between number types.
    pub greedy_match_method: bool,
    /// Integer literals are `Integer`, not `Long`.
    pub literal_decimal_treated_as_integer: bool,
    /// Number literals are `BigDecimal`.
    pub literal_numbers_as_big_decimals: bool,
    /// The strategy of autoescaping and of `escape` without an argument.
    pub escaping: Escaping,
    /// Locale of the filters that depend on one.
    pub locale: Locale,
    /// Bounds on parsing and rendering.
    pub limits: Limits,
}

impl Options {
    /// The engine as Adobe runs it: no autoescaping, no newline trimming, no strict variables.
    pub fn adobe() -> Options {
        Options::default()
    }
}
