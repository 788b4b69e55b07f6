//! Another way to write something, and how it is said: what is legal, and which page has the other. The rows live with
//! the format whose they are.

/// A deviation that is read with a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The key that it is about, as it is to be written.
    pub key: &'static str,
    /// What stands there instead.
    pub written: Written,
    /// The page that has it.
    pub page: &'static str,
}

/// What stands in a file in place of what is legal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The key under another name.
    Key(&'static str),
    /// Another value for a legal one; numbers as text.
    Value {
        /// The value that stands there.
        written: &'static str,
        /// The value to write.
        legal: &'static str,
    },
    /// Nothing in the value: it says nothing.
    Empty {
        /// A value to write instead.
        legal: &'static str,
    },
    /// The key is left out.
    LeftOut {
        /// What is taken for its value, as JSON or in words.
        legal: &'static str,
    },
    /// The key is in this object and belongs elsewhere.
    Within {
        /// The object that has it.
        object: &'static str,
        /// Where it belongs.
        legal: &'static str,
    },
}

impl Variant {
    /// What is to be said of it, and what to do.
    pub fn said(&self) -> (String, String) {
        let key = self.key;
        let (message, remedy) = match self.written {
            Written::Key(other) => (
                format!("`{other}` is another spelling of `{key}`"),
                format!("write `{key}`"),
            ),
            Written::Value { written: "", legal } => (
                format!("`{key}` is empty: `{legal}` is assumed"),
                format!("write `{legal}`"),
            ),
            Written::Value { written, legal } => (
                format!("`{written}` is no value of `{key}`: `{legal}` is assumed"),
                format!("write `{legal}`"),
            ),
            Written::Empty { legal } => (
                format!("`{key}` is empty: it constrains nothing"),
                format!("leave it out, or write e.g. `{legal}`"),
            ),
            Written::LeftOut { legal } => (
                format!("`{key}` is left out: {legal} is assumed"),
                format!("add `{key}`: {legal}"),
            ),
            Written::Within { object, legal } => (
                format!("`{key}` does not belong in `{object}`"),
                format!("move it {legal}"),
            ),
        };
        (
            message,
            format!("{remedy}; Adobe's page {} has it so", self.page),
        )
    }
}

/// The first row about a key that is of that kind.
pub fn find<'v, T>(
    variants: &'v [Variant],
    key: &str,
    kind: impl Fn(Written) -> Option<T>,
) -> Option<(&'v Variant, T)> {
    let about = variants.iter().filter(|variant| variant.key == key);
    about
        .filter_map(|variant| Some((variant, kind(variant.written)?)))
        .next()
}
