//! Records out of columns: lists, maps and objects from definition and repetition levels.

use parquet::basic::{ConvertedType, Repetition};
use parquet::schema::types::{Type, TypePtr};

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::row::{Cell, object};

use super::column::Column;

/// A part of a record.
pub(crate) struct Node {
    /// The columns beneath it, from the first to before the last.
    columns: (usize, usize),
    /// The definition level from which on it is there; below that it is null, or has nothing in it.
    definition: i16,
    shape: Shape,
}

enum Shape {
    Leaf,
    /// Null or the part itself.
    Optional(Box<Node>),
    /// Any number of the part; the level at which it repeats.
    Repeated(Box<Node>, i16),
    Object(Vec<(String, Node)>),
    /// A list whose elements are the only field of what is repeated.
    Wrapped(Box<Node>),
    /// Entries, each a key and a value.
    Map(Box<Node>),
}

/// Where in the schema one is.
#[derive(Clone, Copy)]
struct Levels {
    column: usize,
    definition: i16,
    repetition: i16,
}

impl Node {
    /// The fields of a schema.
    pub(crate) fn of_root(fields: &[TypePtr]) -> Vec<Self> {
        let levels = Levels {
            column: 0,
            definition: 0,
            repetition: 0,
        };
        let fields = Self::fields(fields, levels).into_iter();
        fields.map(|(_, node)| node).collect()
    }

    fn fields(fields: &[TypePtr], mut levels: Levels) -> Vec<(String, Self)> {
        let mut nodes = Vec::with_capacity(fields.len());
        for field in fields {
            let node = Self::of(field, levels);
            levels.column = node.columns.1;
            nodes.push((field.name().to_owned(), node));
        }
        nodes
    }

    fn of(field: &Type, mut levels: Levels) -> Self {
        match field.get_basic_info().repetition() {
            Repetition::REQUIRED => Self::required(field, levels),
            Repetition::OPTIONAL => {
                levels.definition += 1;
                let inner = Self::required(field, levels);
                inner.wrapped_in(Shape::Optional, levels)
            }
            Repetition::REPEATED => {
                levels.definition += 1;
                levels.repetition += 1;
                let inner = Self::required(field, levels);
                inner.wrapped_in(|inner| Shape::Repeated(inner, levels.repetition), levels)
            }
        }
    }

    fn required(field: &Type, levels: Levels) -> Self {
        if field.is_primitive() {
            return Self {
                columns: (levels.column, levels.column.saturating_add(1)),
                definition: levels.definition,
                shape: Shape::Leaf,
            };
        }
        let fields = Self::fields(field.get_fields(), levels);
        let last = fields
            .last()
            .map_or(levels.column, |(_, node)| node.columns.1);
        Self {
            columns: (levels.column, last),
            definition: levels.definition,
            shape: Shape::of_group(field, fields),
        }
    }

    fn wrapped_in(self, shape: impl FnOnce(Box<Self>) -> Shape, levels: Levels) -> Self {
        Self {
            columns: self.columns,
            definition: levels.definition,
            shape: shape(Box::new(self)),
        }
    }

    /// Takes the next such part out of its columns.
    pub(crate) fn read(&self, columns: &mut [Column]) -> Result<Cell, Unreadable> {
        match &self.shape {
            Shape::Leaf => Ok(self.skip(columns)?.unwrap_or(Cell::Null)),
            Shape::Optional(inner) => match self.is_there(columns)? {
                true => inner.read(columns),
                false => self.skip(columns).map(|_| Cell::Null),
            },
            Shape::Repeated(element, level) => {
                let elements = self.elements(element, *level, columns)?;
                Ok(list(&elements))
            }
            Shape::Object(fields) => {
                let mut cells = Vec::with_capacity(fields.len());
                for (name, node) in fields {
                    cells.push((name.as_str(), node.read(columns)?));
                }
                let mut json = String::new();
                object(cells.iter().map(|(name, cell)| (*name, cell)), &mut json);
                Ok(Cell::Json(json))
            }
            Shape::Wrapped(repeated) => repeated.list_of_only_fields(columns),
            Shape::Map(repeated) => repeated.map(columns),
        }
    }

    fn list_of_only_fields(&self, columns: &mut [Column]) -> Result<Cell, Unreadable> {
        if let Shape::Repeated(group, level) = &self.shape
            && let Shape::Object(fields) = &group.shape
            && let [(_, only)] = fields.as_slice()
        {
            return Ok(list(&self.elements(only, *level, columns)?));
        }
        self.read(columns)
    }

    fn map(&self, columns: &mut [Column]) -> Result<Cell, Unreadable> {
        let Shape::Repeated(group, level) = &self.shape else {
            return self.read(columns);
        };
        let Shape::Object(fields) = &group.shape else {
            return self.read(columns);
        };
        let mut entries = Vec::new();
        let mut goes_on = self.is_there(columns)?;
        if !goes_on {
            self.skip(columns)?;
        }
        while goes_on {
            let mut cells = Vec::with_capacity(2);
            for (_, node) in fields {
                cells.push(node.read(columns)?);
            }
            let value = cells.pop().unwrap_or(Cell::Null);
            let key = cells.pop().unwrap_or(Cell::Null);
            entries.push((key.text().unwrap_or("null").to_owned(), value));
            goes_on = self.repeats(*level, columns)?;
        }
        let mut json = String::new();
        let members = entries.iter().map(|(key, value)| (key.as_str(), value));
        object(members, &mut json);
        Ok(Cell::Json(json))
    }

    fn elements(
        &self,
        element: &Self,
        level: i16,
        columns: &mut [Column],
    ) -> Result<Vec<Cell>, Unreadable> {
        let mut elements = Vec::new();
        if !self.is_there(columns)? {
            self.skip(columns)?;
            return Ok(elements);
        }
        loop {
            elements.push(element.read(columns)?);
            if !self.repeats(level, columns)? {
                return Ok(elements);
            }
        }
    }

    fn is_there(&self, columns: &mut [Column]) -> Result<bool, Unreadable> {
        let first = self.first(columns)?;
        let entry = first.peek()?;
        Ok(entry.is_some_and(|entry| entry.definition >= self.definition))
    }

    fn repeats(&self, level: i16, columns: &mut [Column]) -> Result<bool, Unreadable> {
        let next = self.first(columns)?.peek()?;
        Ok(next.is_some_and(|entry| entry.repetition >= level))
    }

    /// Takes one entry of every column beneath; the cell of the last.
    fn skip(&self, columns: &mut [Column]) -> Result<Option<Cell>, Unreadable> {
        let mut last = None;
        let own = columns.get_mut(self.columns.0..self.columns.1);
        for column in own.unwrap_or_default() {
            last = Some(column.take()?.cell);
        }
        Ok(last)
    }

    fn first<'a>(&self, columns: &'a mut [Column]) -> Result<&'a mut Column, Unreadable> {
        columns
            .get_mut(self.columns.0)
            .ok_or(Unreadable::Refused("a group has no column"))
    }
}

impl Shape {
    fn of_group(field: &Type, mut fields: Vec<(String, Node)>) -> Self {
        let converted = field.get_basic_info().converted_type();
        let is_repeated =
            matches!(fields.as_slice(), [(_, only)] if matches!(only.shape, Self::Repeated(..)));
        let is_map = [ConvertedType::MAP, ConvertedType::MAP_KEY_VALUE].contains(&converted);
        if !is_repeated || !(is_map || converted == ConvertedType::LIST) {
            return Self::Object(fields);
        }
        match fields.pop() {
            Some((_, repeated)) if is_map => Self::Map(Box::new(repeated)),
            Some((_, repeated)) => Self::Wrapped(Box::new(repeated)),
            None => Self::Object(fields),
        }
    }
}

fn list(elements: &[Cell]) -> Cell {
    let mut json = String::from("[");
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        element.write(&mut json);
    }
    json.push(']');
    Cell::Json(json)
}
