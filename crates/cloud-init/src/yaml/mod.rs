//! YAML as cloud-init reads it: a tree of values, each with its place.
//!
//! cloud-init reads with PyYAML's `safe_load`, which is YAML 1.1 and stricter about tabs and tags; the parser underneath is
//! YAML 1.2. What differs is made up for here: what plain values mean (`scalar.rs`), tabs and characters (`strict.rs`),
//! tags, keys, merges (`load.rs`).

mod load;
mod scalar;
mod strict;
mod words;

use std::rc::Rc;

pub(crate) use load::{Loaded, load};

use crate::finding::Place;
use crate::problem::Kind;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its first character, and its length when it ends on the same line.
    pub(crate) place: Place,
    pub(crate) value: Value,
    pub(crate) style: Style,
    /// As it is written; for scalars.
    pub(crate) written: String,
    /// How many values it stands for, itself among them; what stands behind an alias counts each time.
    pub(crate) stands_for: usize,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes; also what is no scalar.
    Plain,
    /// In quotes.
    Quoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float,
    Date,
    /// Also `!!binary`, which cloud-init takes where a text belongs.
    Text,
    List(Vec<Rc<Node>>),
    Map(Vec<(Rc<Node>, Rc<Node>)>),
    /// Not known before a template is filled in.
    Unknown,
}

impl Node {
    /// `None` for what is not known.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Some(match self.value {
            Value::Null => Kind::Nothing,
            Value::Bool(_) => Kind::Boolean,
            Value::Int(_) => Kind::Integer,
            Value::Float => Kind::Number,
            Value::Date => Kind::Date,
            Value::Text => Kind::Text,
            Value::List(_) => Kind::List,
            Value::Map(_) => Kind::Mapping,
            Value::Unknown => return None,
        })
    }

    pub(crate) fn text(&self) -> Option<&str> {
        matches!(self.value, Value::Text).then_some(self.written.as_str())
    }

    pub(crate) fn list(&self) -> &[Rc<Node>] {
        match &self.value {
            Value::List(nodes) => nodes,
            _ => &[],
        }
    }

    pub(crate) fn pairs(&self) -> &[(Rc<Node>, Rc<Node>)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The last value of this key: the one that counts.
    pub(crate) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.pairs().iter().rev().find(|(known, _)| known.written == key).map(|(_, value)| value)
    }

    /// The key itself, for its place.
    pub(crate) fn key(&self, key: &str) -> Option<&Rc<Node>> {
        self.pairs().iter().rev().find(|(known, _)| known.written == key).map(|(key, _)| key)
    }

    /// Whether both say the same.
    pub(crate) fn same(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
            }
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, value)| other.get(&key.written).is_some_and(|b| value.same(b)))
            }
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Null, Value::Null) => true,
            (Value::Text, Value::Text)
            | (Value::Float, Value::Float)
            | (Value::Date, Value::Date) => self.written == other.written,
            _ => false,
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
