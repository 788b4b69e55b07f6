//! The public members of the classes of Java, and which of them Pebble chooses for a name and arguments.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::encode::pebble::value::{ListKind, Value};

/// Class, name and parameters of each member; `#` for a field. A letter of [`takes`] stands for each parameter.
const TABLE: &str = include_str!("members.tsv");

/// Methods that Pebble refuses for security.
const DENIED: [&str; 4] = ["getclass", "wait", "notify", "notifyall"];

/// What Pebble finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    /// A method by its name in lower case; whether it is given null for a number or a boolean.
    Method {
        name: String,
        null: bool,
    },
    Field,
    Denied,
}

/// Parameters of the methods of a class by their name in lower case, and its fields by their exact name.
#[derive(Debug, Default)]
struct Class {
    methods: HashMap<String, Vec<&'static str>>,
    fields: Vec<&'static str>,
}

static CLASSES: LazyLock<HashMap<&'static str, Class>> = LazyLock::new(|| {
    let mut classes: HashMap<&str, Class> = HashMap::new();
    for line in TABLE.lines() {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap_or_default();
        let (class, name, parameters) = (column(), column(), column());
        let class = classes.entry(class).or_default();
        match parameters {
            "#" => class.fields.push(name),
            _ => {
                let methods = class.methods.entry(name.to_ascii_lowercase());
                methods.or_default().push(parameters);
            }
        }
    }
    classes
});

/// The member that Pebble finds: in well-known interfaces first, as a method, a field, and with `get`, `is`, `has`.
pub(crate) fn chosen(value: &Value, name: &str, args: &[Value], greedy: bool) -> Option<Member> {
    let plain = name.to_ascii_lowercase();
    for class in classes(value).iter().filter_map(|name| CLASSES.get(name)) {
        let found = method(class, &plain, args, greedy)
            .or_else(|| class.fields.contains(&name).then_some(Member::Field));
        let prefixed = || {
            let mut names = ["get", "is", "has"]
                .map(|prefix| format!("{prefix}{plain}"))
                .into_iter();
            names.find_map(|name| method(class, &name, args, greedy))
        };
        if let Some(found) = found.or_else(prefixed) {
            return Some(found);
        }
    }
    None
}

fn method(class: &Class, name: &str, args: &[Value], greedy: bool) -> Option<Member> {
    let overloads = class.methods.get(name)?;
    let fits = |parameters: &&&str| {
        parameters.len() == args.len()
            && parameters
                .chars()
                .zip(args)
                .all(|(kind, arg)| takes(kind, arg, greedy))
    };
    let null = |parameters: &str| {
        let primitive = |kind| matches!(kind, 'i' | 'l' | 'd' | 'z' | 'p');
        let mut pairs = parameters.chars().zip(args);
        pairs.any(|(kind, arg)| primitive(kind) && matches!(arg, Value::Null))
    };
    let mut fitting = overloads
        .iter()
        .filter(fits)
        .map(|parameters| null(parameters));
    let first = fitting.next()?;
    if DENIED.contains(&name) {
        return Some(Member::Denied);
    }
    Some(Member::Method {
        name: name.to_owned(),
        null: first && fitting.all(|null| null),
    })
}

/// Whether a parameter takes an argument; null goes anywhere until it is used.
fn takes(kind: char, arg: &Value, greedy: bool) -> bool {
    let number = matches!(kind, 'i' | 'I' | 'l' | 'L' | 'd' | 'D' | 'p' | 'B' | 'G');
    match (kind, arg) {
        (_, Value::Null) => true,
        _ if greedy && number && arg.is_number() => true,
        ('o', _) => true,
        ('s' | 'q', Value::Str(_)) => true,
        ('i' | 'I', Value::Int(_)) => true,
        ('l' | 'L', Value::Long(_)) => true,
        ('d' | 'D', Value::Double(_)) => true,
        ('z' | 'Z', Value::Bool(_)) => true,
        ('K', Value::Char(_)) => true,
        ('B', Value::Decimal(_)) => true,
        ('G', Value::Big(_)) => true,
        ('c', Value::List(_)) => true,
        ('m', Value::Map(_)) => true,
        ('e', Value::Entry(_)) => true,
        ('a', Value::Array(_)) => true,
        // other primitive types, and classes of which no template has a value
        _ => false,
    }
}

/// The classes to look in, in order.
fn classes(value: &Value) -> &'static [&'static str] {
    match value {
        Value::Null => &[],
        Value::Bool(_) => &["Boolean", "Object"],
        Value::Int(_) => &["Integer", "Object"],
        Value::Long(_) => &["Long", "Object"],
        Value::Big(_) => &["BigInteger", "Object"],
        Value::Double(_) => &["Double", "Object"],
        Value::Decimal(_) => &["BigDecimal", "Object"],
        Value::Lazy(_) => &["Number", "Object"],
        Value::Char(_) => &["Character", "Object"],
        Value::Str(_) => &["String", "Object"],
        Value::Safe(_) | Value::Array(_) => &["Object"],
        Value::List(list) => match list.kind {
            ListKind::List => &["List", "ArrayList", "Object"],
            ListKind::Fixed => &["List", "Object"],
            ListKind::Set => &["Set", "Object"],
            ListKind::Collection => &["Collection", "Object"],
            ListKind::Array => &["Object"],
        },
        Value::Map(_) => &["Map", "HashMap", "Object"],
        Value::Entry(_) => &["Entry", "Object"],
        Value::Loop(_) => &["Loop", "Object"],
    }
}
