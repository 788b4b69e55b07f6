//! JSON as Spark's writer makes it, one object per record (writer rules, section 4).

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::encode::file::error::FileError;
use crate::encode::file::java_text::{push_integer, push_text};
use crate::encode::file::options::JsonOptions;
use crate::encode::file::schema::{DataType, Field, Schema, Value};
use crate::encode::file::text_rows::TextRows;
use crate::encode::file::value_text::{check_names, check_width, push_value, wrong_type};

/// Writes rows as JSON objects. Memory does not grow with the number of rows.
pub struct JsonWriter<W: Write> {
    records: TextRows<W>,
    fields: Vec<Field>,
    options: JsonOptions,
    scratch: Vec<u8>,
}

impl<W: Write> JsonWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    ///
    /// No columns, two columns of one name, or map keys that have no text.
    pub fn new(out: W, schema: &Schema, options: &JsonOptions) -> Result<Self, FileError> {
        check_names(schema, options.case_sensitive)?;
        for field in &schema.fields {
            check_type(&field.name, &field.data_type)?;
        }
        Ok(Self {
            records: TextRows::new(out, &options.charset),
            fields: schema.fields.clone(),
            options: options.clone(),
            scratch: Vec::new(),
        })
    }

    /// Writes one row; on an error the file is as if the row had not been given.
    ///
    /// # Errors
    ///
    /// A row of another width or type than the schema's, a pattern that a value cannot fill, or what the writer beneath
    /// reports.
    pub fn write_row(&mut self, row: &[Value]) -> Result<(), FileError> {
        check_width(self.fields.len(), row)?;
        let (fields, options, scratch) = (&self.fields, &self.options, &mut self.scratch);
        self.records.add(|out| {
            let mut record = Record {
                options,
                out,
                scratch,
                depth: 0,
            };
            record.push_struct(row, fields)?;
            out.extend_from_slice(options.line_sep.as_bytes());
            Ok(())
        })
    }

    /// Writes what is left and gives the writer beneath back.
    ///
    /// # Errors
    ///
    /// What the writer beneath reports.
    pub fn finish(self) -> Result<W, FileError> {
        self.records.finish()
    }
}

/// Binary keys and keys with parts print an object's address in the original.
fn check_type(column: &str, data_type: &DataType) -> Result<(), FileError> {
    match data_type {
        DataType::Array(element, _) => check_type(column, element),
        DataType::Struct(fields) => fields
            .iter()
            .try_for_each(|field| check_type(column, &field.data_type)),
        DataType::Map(key, value, _) => match **key {
            DataType::Array(..) | DataType::Binary | DataType::Map(..) | DataType::Struct(_) => {
                let data_type = data_type.to_string();
                Err(FileError::UnsupportedType {
                    column: column.to_owned(),
                    data_type,
                    format: "JSON",
                })
            }
            DataType::BigInt
            | DataType::Boolean
            | DataType::Date
            | DataType::Decimal(..)
            | DataType::Double
            | DataType::Float
            | DataType::Int
            | DataType::SmallInt
            | DataType::String
            | DataType::Timestamp
            | DataType::TimestampNtz
            | DataType::TinyInt => check_type(column, value),
        },
        DataType::BigInt
        | DataType::Binary
        | DataType::Boolean
        | DataType::Date
        | DataType::Decimal(..)
        | DataType::Double
        | DataType::Float
        | DataType::Int
        | DataType::SmallInt
        | DataType::String
        | DataType::Timestamp
        | DataType::TimestampNtz
        | DataType::TinyInt => Ok(()),
    }
}

/// One record on its way into the buffer.
struct Record<'a> {
    options: &'a JsonOptions,
    out: &'a mut Vec<u8>,
    scratch: &'a mut Vec<u8>,
    depth: usize,
}

impl Record<'_> {
    fn push_value(&mut self, value: &Value, data_type: &DataType) -> Result<(), FileError> {
        match (value, data_type) {
            (Value::Null, _) => self.out.extend_from_slice(b"null"),
            (Value::String(text), DataType::String) => self.push_string(text),
            (Value::Array(values), DataType::Array(element, _)) => {
                self.push_array(values, element)?
            }
            (Value::Map(entries), DataType::Map(key, element, _)) => {
                self.push_map(entries, key, element)?
            }
            (Value::Struct(values), DataType::Struct(fields)) => {
                self.push_struct(values, fields)?
            }
            (Value::Binary(bytes), DataType::Binary) => {
                push_text(self.out, format_args!("\"{}\"", STANDARD.encode(bytes)))
            }
            (Value::Double(number), DataType::Double) if !number.is_finite() => {
                self.push_quoted(value, data_type)?
            }
            (Value::Float(number), DataType::Float) if !number.is_finite() => {
                self.push_quoted(value, data_type)?
            }
            (Value::Date(_) | Value::Timestamp(_) | Value::TimestampNtz(_), _) => {
                self.push_quoted(value, data_type)?
            }
            (value, data_type) => push_value(value, data_type, &self.options.text, self.out)?,
        }
        Ok(())
    }

    fn push_struct(&mut self, values: &[Value], fields: &[Field]) -> Result<(), FileError> {
        check_width(fields.len(), values)?;
        self.out.push(b'{');
        self.depth += 1;
        let mut first = true;
        for (value, field) in values.iter().zip(fields) {
            if *value == Value::Null && self.options.ignore_null_fields {
                continue;
            }
            self.before_entry(&mut first);
            self.push_string(&field.name);
            self.push_colon();
            self.push_value(value, &field.data_type)?;
        }
        self.end_object(first);
        Ok(())
    }

    fn push_map(
        &mut self,
        entries: &[(Value, Value)],
        key: &DataType,
        element: &DataType,
    ) -> Result<(), FileError> {
        self.out.push(b'{');
        self.depth += 1;
        let mut first = true;
        for (name, value) in entries {
            self.before_entry(&mut first);
            self.push_key(name, key)?;
            self.push_colon();
            self.push_value(value, element)?;
        }
        self.end_object(first);
        Ok(())
    }

    fn push_array(&mut self, values: &[Value], element: &DataType) -> Result<(), FileError> {
        self.out.push(b'[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.push_array_space();
            self.push_value(value, element)?;
        }
        self.push_array_space();
        self.out.push(b']');
        Ok(())
    }

    /// Keys are the text of what Spark holds: days for a date, microseconds for a timestamp.
    fn push_key(&mut self, key: &Value, data_type: &DataType) -> Result<(), FileError> {
        self.scratch.clear();
        match (key, data_type) {
            (Value::String(text), DataType::String) => {
                self.push_string(text);
                return Ok(());
            }
            (Value::Date(days), DataType::Date) => push_integer(i64::from(*days), self.scratch),
            (Value::Timestamp(micros), DataType::Timestamp)
            | (Value::TimestampNtz(micros), DataType::TimestampNtz) => {
                push_integer(*micros, self.scratch);
            }
            (Value::Null, _) => return Err(wrong_type(key, data_type)),
            (key, data_type) => push_value(key, data_type, &self.options.text, self.scratch)?,
        }
        push_text(
            self.out,
            format_args!("\"{}\"", String::from_utf8_lossy(self.scratch)),
        );
        Ok(())
    }

    /// A text that a pattern made may hold anything.
    fn push_quoted(&mut self, value: &Value, data_type: &DataType) -> Result<(), FileError> {
        self.scratch.clear();
        push_value(value, data_type, &self.options.text, self.scratch)?;
        let text = String::from_utf8_lossy(self.scratch).into_owned();
        self.push_string(&text);
        Ok(())
    }

    fn push_string(&mut self, text: &str) {
        self.out.push(b'"');
        let mut done = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= 0x20
                && byte != b'"'
                && byte != b'\\'
                && (byte < 0x80 || !self.options.code_points)
            {
                continue;
            }
            if at < done {
                continue;
            }
            self.out.extend_from_slice(&text.as_bytes()[done..at]);
            done = at + self.push_escape(byte, &text[at..]);
        }
        self.out.extend_from_slice(&text.as_bytes()[done..]);
        self.out.push(b'"');
    }

    /// Writes an escape, and returns how many bytes it stands for.
    fn push_escape(&mut self, byte: u8, rest: &str) -> usize {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0C => b'f',
            b'\r' => b'r',
            _ => {
                let c = rest.chars().next().unwrap_or_default();
                for unit in c.encode_utf16(&mut [0; 2]) {
                    push_text(self.out, format_args!("\\u{unit:04X}"));
                }
                return c.len_utf8();
            }
        };
        self.out.extend_from_slice(&[b'\\', short]);
        1
    }

    fn before_entry(&mut self, first: &mut bool) {
        if !*first {
            self.out.push(b',');
        }
        *first = false;
        self.push_indent();
    }

    fn end_object(&mut self, empty: bool) {
        self.depth -= 1;
        if !empty {
            self.push_indent();
        } else if self.options.pretty {
            self.out.push(b' ');
        }
        self.out.push(b'}');
    }

    fn push_colon(&mut self) {
        self.out
            .extend_from_slice(if self.options.pretty { b" : " } else { b":" });
    }

    fn push_indent(&mut self) {
        if self.options.pretty {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + 2 * self.depth, b' ');
        }
    }

    fn push_array_space(&mut self) {
        if self.options.pretty {
            self.out.push(b' ');
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::encode::file::options::{Defaults, FileOptions, Given, Origin};

    fn written(given: &[(&str, &str)], data_type: DataType, value: Value) -> String {
        let pairs = given.iter().chain([&("fileType", "json")]);
        let given: Given = pairs
            .map(|(n, t)| ((*n).to_owned(), ((*t).to_owned(), Origin::Partner)))
            .collect();
        let options = FileOptions::resolve(&given, Defaults::Spark).unwrap().json;
        let schema = Schema {
            fields: vec![Field {
                name: "x".to_owned(),
                data_type,
                nullable: true,
            }],
        };
        let mut writer = JsonWriter::new(Vec::new(), &schema, &options).unwrap();
        writer.write_row(&[value]).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn strings_escape_what_they_must_and_no_more() {
        let text = Value::String("\"\\/\u{b}\n\u{7f}é😀".to_owned());
        assert_eq!(
            written(&[], DataType::String, text.clone()),
            "{\"x\":\"\\\"\\\\/\\u000B\\n\u{7f}é😀\"}\n"
        );
        let code_points = written(
            &[("writeNonAsciiCharacterAsCodePoint", "true")],
            DataType::String,
            text,
        );
        assert!(
            code_points.contains("\u{7f}\\u00E9\\uD83D\\uDE00"),
            "{code_points}"
        );
    }

    #[test]
    fn a_null_field_is_left_out_and_a_null_element_is_not() {
        let array = DataType::Array(Box::new(DataType::Int), true);
        assert_eq!(written(&[], array.clone(), Value::Null), "{}\n");
        assert_eq!(
            written(&[("ignoreNullFields", "false")], array.clone(), Value::Null),
            "{\"x\":null}\n"
        );
        assert_eq!(
            written(&[], array, Value::Array(vec![Value::Null, Value::Int(1)])),
            "{\"x\":[null,1]}\n"
        );
    }

    #[test]
    fn a_date_key_is_its_day_number() {
        let map = DataType::Map(Box::new(DataType::Date), Box::new(DataType::Boolean), true);
        let entries = Value::Map(vec![(Value::Date(18_262), Value::Boolean(true))]);
        assert_eq!(written(&[], map, entries), "{\"x\":{\"18262\":true}}\n");
    }

    #[test]
    fn pretty_objects_indent_by_two_and_arrays_stay_on_a_line() {
        let array = DataType::Array(Box::new(DataType::Int), true);
        let pretty = [("pretty", "true")];
        let one = Value::Array(vec![Value::Int(1), Value::Int(2)]);
        assert_eq!(
            written(&pretty, array.clone(), one),
            "{\n  \"x\" : [ 1, 2 ]\n}\n"
        );
        assert_eq!(
            written(&pretty, array.clone(), Value::Array(Vec::new())),
            "{\n  \"x\" : [ ]\n}\n"
        );
        assert_eq!(written(&pretty, array, Value::Null), "{ }\n");
    }

    #[test]
    fn a_number_that_is_none_is_a_string() {
        assert_eq!(
            written(&[], DataType::Double, Value::Double(f64::NAN)),
            "{\"x\":\"NaN\"}\n"
        );
    }
}
