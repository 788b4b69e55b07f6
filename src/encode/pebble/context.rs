//! The variables a template is rendered with.

use crate::encode::pebble::value::Value;

/// The variables of a rendering, in document order. Cheap to clone: values are shared.
#[derive(Debug, Clone, Default)]
pub struct Context {
    variables: Vec<(Box<str>, Value)>,
}

impl Context {
    /// A context without variables.
    pub fn new() -> Context {
        Context::default()
    }

    /// Each member of a JSON object as a variable; `input` and everything below it prints as compact JSON.
    ///
    /// A value that is no object makes no variables.
    pub fn from_json(json: &serde_json::Value) -> Context {
        let mut context = Context::new();
        for (name, value) in json.as_object().into_iter().flatten() {
            context.set_json(name, value);
        }
        context
    }

    /// Set `name` to a JSON value; under the name `input` it prints as compact JSON.
    pub fn set_json(&mut self, name: &str, json: &serde_json::Value) {
        let value = if name == "input" {
            Value::json_from(json)
        } else {
            Value::java_from(json)
        };
        self.set(name, value);
    }

    /// Set `name` to a value, which may be shared with other contexts.
    pub fn set(&mut self, name: &str, value: Value) {
        match self
            .variables
            .iter_mut()
            .find(|(known, _)| &**known == name)
        {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.into(), value)),
        }
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.variables
            .iter()
            .find(|(known, _)| &**known == name)
            .map(|(_, value)| value)
    }
}
