//! The YAML that `clouds.yaml` files use: nested maps by indentation, plain and quoted scalars, comments. Lists are passed
//! over; anchors, flow maps and block scalars are errors with their line. This is no YAML parser for anything else.

use std::collections::BTreeMap;

use super::clouds_file::CloudsFileError;

#[derive(Debug)]
pub(super) enum Node {
    Map(BTreeMap<String, Self>),
    Text(String),
}

impl Node {
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }
}

struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

/// Reads a file into nested maps.
///
/// # Errors
/// The first line that is not understood.
pub(super) fn yaml(text: &str) -> Result<BTreeMap<String, Node>, CloudsFileError> {
    let mut lines = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        let trimmed = raw.trim_start();
        let is_blank = trimmed.is_empty() || trimmed.starts_with('#');
        let is_marker = raw.starts_with("---") || raw.starts_with("...") || raw.starts_with('%');
        if is_blank || is_marker {
            continue;
        }
        let indent = raw.len() - trimmed.len();
        if raw.get(..indent).is_some_and(|space| space.contains('\t')) {
            return Err(CloudsFileError::Line { line: number, what: "a tab as indentation" });
        }
        lines.push(Line { number, indent, text: trimmed.trim_end() });
    }
    let mut rest = lines.as_slice();
    map(&mut rest, 0)
}

/// Reads the lines of one map: those at `indent`, each with what is indented deeper below it.
fn map(rest: &mut &[Line<'_>], indent: usize) -> Result<BTreeMap<String, Node>, CloudsFileError> {
    let mut found = BTreeMap::new();
    while let Some((line, after)) = rest.split_first() {
        if line.indent < indent {
            break;
        }
        if line.text.starts_with('-') {
            *rest = after;
            skip_deeper(rest, line.indent);
            continue;
        }
        let odd = |what| CloudsFileError::Line { line: line.number, what };
        let (key, value) =
            key_and_value(line.text).ok_or_else(|| odd("neither `key: value` nor a list"))?;
        *rest = after;
        let node = match value.chars().next() {
            None => match rest.first() {
                Some(next) if next.indent > line.indent && !next.text.starts_with('-') => {
                    let deeper = next.indent;
                    Node::Map(map(rest, deeper)?)
                }
                Some(next) if next.text.starts_with('-') && next.indent >= line.indent => {
                    skip_list(rest, next.indent);
                    Node::Text(String::new())
                }
                _ => Node::Text(String::new()),
            },
            Some('{') if value != "{}" => return Err(odd("a map in braces")),
            Some('&' | '*') => return Err(odd("an anchor or alias")),
            Some('|' | '>') => return Err(odd("a text over several lines")),
            Some(_) => Node::Text(scalar(value).ok_or_else(|| odd("a quote that does not end"))?),
        };
        found.insert(key, node);
    }
    Ok(found)
}

fn skip_deeper(rest: &mut &[Line<'_>], indent: usize) {
    while let Some((line, after)) = rest.split_first() {
        if line.indent <= indent {
            break;
        }
        *rest = after;
    }
}

fn skip_list(rest: &mut &[Line<'_>], indent: usize) {
    while let Some((line, after)) = rest.split_first() {
        let belongs = line.indent > indent || (line.indent == indent && line.text.starts_with('-'));
        if !belongs {
            break;
        }
        *rest = after;
    }
}

/// Splits at the first `:` that is followed by a space or the end, outside quotes.
fn key_and_value(text: &str) -> Option<(String, &str)> {
    if let Some(quote @ ('"' | '\'')) = text.chars().next() {
        let (key, after) = text.get(1..)?.split_once(quote)?;
        return Some((key.to_owned(), after.trim_start().strip_prefix(':')?.trim()));
    }
    if let Some((key, value)) = text.split_once(": ") {
        return Some((key.trim().to_owned(), without_comment(value.trim())));
    }
    let text = without_comment(text);
    text.strip_suffix(':').map(|key| (key.trim().to_owned(), ""))
}

/// Cuts ` # comment`, but not out of a quoted value.
fn without_comment(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    if value.starts_with(['"', '\'']) {
        return value;
    }
    value.split_once(" #").map_or(value, |(before, _)| before).trim_end()
}

fn scalar(value: &str) -> Option<String> {
    match value.chars().next() {
        Some('\'') => single_quoted(value.get(1..)?),
        Some('"') => double_quoted(value.get(1..)?),
        _ if matches!(value, "null" | "~") => Some(String::new()),
        _ => Some(value.to_owned()),
    }
}

fn single_quoted(rest: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                out.push('\'');
            }
            '\'' => return Some(out),
            other => out.push(other),
        }
    }
    None
}

fn double_quoted(rest: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(out),
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    None
}
