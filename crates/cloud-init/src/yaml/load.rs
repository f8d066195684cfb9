//! From the parser's events to a tree.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::scalar::{Special, plain};
use super::{Node, Style, Value, strict, words};
use crate::finding::Place;
use crate::jinja::MASK;
use crate::problem::YamlProblem;

/// Deeper than any cloud-config; what comes after recurses.
const DEEPEST: usize = 64;

/// So many values may stand behind aliases, all told, as other readers of YAML bound it. Aliases of aliases make millions of
/// a few lines, and whoever walks through them (cloud-init's own check too) is never done.
pub(super) const MOST_BEHIND_ALIASES: usize = 100_000;

/// A key and its value.
type Pair = (Rc<Node>, Rc<Node>);

/// What became of a text.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The tree; `None` for nothing at all, or when it is not YAML.
    pub(crate) root: Option<Rc<Node>>,
    /// Why cloud-init would not read it, and where.
    pub(crate) refused: Option<(Place, YamlProblem)>,
    /// Keys that stand twice in a mapping: the earlier ones.
    pub(crate) duplicates: Vec<Rc<Node>>,
}

/// Reads a text.
pub(crate) fn load(text: &str) -> Loaded {
    if let Some(refused) = strict::character(text) {
        return Loaded { refused: Some(refused), ..Loaded::default() };
    }
    let mut loader = Loader::default();
    let failed = loader.run(text).err();
    // A tab leads the parser astray in many ways; that there is one says more. It tells of some by itself, but not where.
    let until = failed.as_ref().filter(|(_, why)| *why != YamlProblem::Tab).map(|(at, _)| at.line);
    let refused = match (strict::tab(text, &loader.scalars, until), failed) {
        (Some(tab), _) => Some((tab, YamlProblem::Tab)),
        (None, failed) => failed,
    };
    match refused {
        Some(refused) => Loaded { refused: Some(refused), ..Loaded::default() },
        None => Loaded { root: loader.root, refused: None, duplicates: loader.duplicates },
    }
}

type Refused = (Place, YamlProblem);

#[derive(Default)]
struct Loader {
    open: Vec<Open>,
    root: Option<Rc<Node>>,
    documents: usize,
    anchors: BTreeMap<usize, Rc<Node>>,
    duplicates: Vec<Rc<Node>>,
    /// How many values stand behind aliases, so far.
    behind_aliases: usize,
    /// Where scalars stand, for `strict`.
    scalars: Vec<strict::Scalar>,
}

/// A list or a mapping that has not ended.
struct Open {
    start: Marker,
    anchor: usize,
    is_map: bool,
    unknown: bool,
    items: Vec<Rc<Node>>,
}

impl Loader {
    fn run(&mut self, text: &str) -> Result<(), Refused> {
        for event in Parser::new_from_str(text) {
            match event {
                Ok((event, span)) => self.hear(event, span)?,
                Err(error) => {
                    let at = *error.marker();
                    let open = self.open.last().map(|open| place(open.start, open.start));
                    return Err(words::problem(text, error.info(), place(at, at), open));
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, event: Event<'_>, span: Span) -> Result<(), Refused> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err((place(span.start, span.start), YamlProblem::SecondDocument));
                }
            }
            Event::Alias(id) => match self.anchors.get(&id) {
                Some(node) => {
                    let node = Rc::clone(node);
                    self.behind_aliases = self.behind_aliases.saturating_add(node.stands_for);
                    if self.behind_aliases > MOST_BEHIND_ALIASES {
                        let at = place(span.start, span.end);
                        return Err((at, YamlProblem::TooManyAliases(MOST_BEHIND_ALIASES)));
                    }
                    self.put(node)?;
                }
                // An alias of what it stands in: no cloud-config means that.
                None => self.put(Rc::new(Node {
                    place: place(span.start, span.end),
                    value: Value::Unknown,
                    style: Style::Plain,
                    written: String::new(),
                    stands_for: 1,
                }))?,
            },
            Event::Scalar(text, style, anchor, tag) => {
                let node = Rc::new(self.scalar(&text, style, tag.as_deref(), span)?);
                if anchor > 0 {
                    self.anchors.insert(anchor, Rc::clone(&node));
                }
                self.put(node)?;
            }
            Event::SequenceStart(anchor, tag) => self.open(anchor, tag.as_deref(), false, span)?,
            Event::MappingStart(anchor, tag) => self.open(anchor, tag.as_deref(), true, span)?,
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Node, Refused> {
        self.scalars.push(strict::Scalar {
            start: (span.start.line(), span.start.col()),
            end: (span.end.line(), span.end.col()),
            plain: style == ScalarStyle::Plain,
        });
        let at = place(span.start, span.end);
        let (value, special) = match (tag.map(tag_name), style) {
            _ if text.contains(MASK) => (Value::Unknown, Special::None),
            (None, ScalarStyle::Plain) => plain(text),
            (None, _) => (Value::Text, Special::None),
            (Some(Some("str" | "binary")), _) => (Value::Text, Special::None),
            (Some(Some("int")), _) => (plain(text).0, Special::None),
            (Some(Some("float")), _) => (Value::Float, Special::None),
            (Some(Some("bool")), _) => (plain(text).0, Special::None),
            (Some(Some("null")), _) => (Value::Null, Special::None),
            (Some(Some("timestamp")), _) => (Value::Date, Special::None),
            // `! text`
            (Some(Some("")), _) => (Value::Text, Special::None),
            (Some(_), _) => return Err((at, YamlProblem::UnknownTag(shown(tag)))),
        };
        if special == Special::Value {
            return Err((at, YamlProblem::UnknownTag("=".to_owned())));
        }
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        Ok(Node { place: at, value, style, written: text.to_owned(), stands_for: 1 })
    }

    fn open(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        is_map: bool,
        span: Span,
    ) -> Result<(), Refused> {
        let at = place(span.start, span.start);
        if self.open.len() >= DEEPEST {
            return Err((at, YamlProblem::TooDeep));
        }
        let unknown = match (tag.map(tag_name), is_map) {
            (None, _)
            | (Some(Some("map" | "set")), true)
            | (Some(Some("seq" | "")), false)
            | (Some(Some("")), true) => false,
            (Some(Some("omap" | "pairs")), false) => true,
            (Some(_), _) => return Err((at, YamlProblem::UnknownTag(shown(tag)))),
        };
        self.open.push(Open { start: span.start, anchor, is_map, unknown, items: Vec::new() });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Refused> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let at = place(open.start, open.start);
        let value = if open.unknown {
            Value::Unknown
        } else if open.is_map {
            Value::Map(self.pairs(open.items)?)
        } else {
            Value::List(open.items)
        };
        let within: usize = match &value {
            Value::List(nodes) => nodes.iter().map(|node| node.stands_for).sum(),
            Value::Map(pairs) => {
                pairs.iter().map(|(key, value)| key.stands_for + value.stands_for).sum()
            }
            _ => 0,
        };
        let node = Rc::new(Node {
            place: at,
            value,
            style: Style::Plain,
            written: String::new(),
            stands_for: within + 1,
        });
        if open.anchor > 0 {
            self.anchors.insert(open.anchor, Rc::clone(&node));
        }
        self.put(node)
    }

    fn pairs(&mut self, items: Vec<Rc<Node>>) -> Result<Vec<Pair>, Refused> {
        let mut pairs: Vec<Pair> = Vec::with_capacity(items.len() / 2);
        let mut merged: Vec<Pair> = Vec::new();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if matches!(key.value, Value::List(_) | Value::Map(_)) {
                return Err((key.place, YamlProblem::ListAsKey));
            }
            if key.style == Style::Plain && key.written == "<<" {
                for source in std::iter::once(&value).chain(value.list()) {
                    merged.extend(
                        source
                            .pairs()
                            .iter()
                            .map(|(key, value)| (Rc::clone(key), Rc::clone(value))),
                    );
                }
                continue;
            }
            if !matches!(key.value, Value::Unknown)
                && let Some(at) = pairs.iter().position(|(known, _)| known.same(&key))
            {
                self.duplicates.push(pairs.remove(at).0);
            }
            pairs.push((key, value));
        }
        merged.retain(|(key, _)| !pairs.iter().any(|(known, _)| known.same(key)));
        merged.extend(pairs);
        Ok(merged)
    }

    fn put(&mut self, node: Rc<Node>) -> Result<(), Refused> {
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// The name of one of YAML's own tags (`!!str`).
fn tag_name(tag: &Tag) -> Option<&str> {
    match tag.handle.as_str() {
        "tag:yaml.org,2002:" => Some(tag.suffix.as_str()),
        "" => tag.suffix.strip_prefix("tag:yaml.org,2002:").or(if tag.suffix == "!" {
            Some("")
        } else {
            None
        }),
        "!" if tag.suffix.is_empty() => Some(""),
        _ => None,
    }
}

fn shown(tag: Option<&Tag>) -> String {
    tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)).unwrap_or_default()
}

/// From the parser's marks (lines from 1, columns from 0).
fn place(start: Marker, end: Marker) -> Place {
    let length = if start.line() == end.line() { end.col().saturating_sub(start.col()) } else { 0 };
    Place::new(start.line(), start.col() + 1, length)
}
