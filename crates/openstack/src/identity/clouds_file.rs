//! Credentials out of a `clouds.yaml` or an openrc script that the user dropped on the sign-in form.
//!
//! `clouds.yaml` is read by a parser of our own for the YAML that such files use: nested maps by indentation, plain and
//! quoted scalars, comments; lists are passed over. Anchors, flow maps and block scalars are named as not understood,
//! with their line. (A whole YAML crate, `serde-saphyr` for instance, would cost the first page more bytes than the rest
//! of this crate and would be used for two nested maps.) openrc is read as assignments; nothing is executed.

use std::collections::BTreeMap;
use std::fmt;

use super::auth::{DomainRef, Scope, UserRef};
use super::session::Secret;
use crate::ids::ProjectId;

/// One cloud of such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudEntry {
    /// Its name in `clouds.yaml`; for openrc the project's name or `openrc`.
    pub name: String,
    /// Keystone's URL, to be compared with the clouds of the configuration.
    pub auth_url: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Who, and with what.
    pub credentials: FileCredentials,
    /// The project.
    pub scope: Scope,
}

/// What the file holds; what it lacks the form asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileCredentials {
    /// A user, often without the password.
    Password {
        /// Who; `None` when the file names nobody.
        user: Option<UserRef>,
        /// The password, when it stands in the file.
        password: Option<Secret>,
    },
    /// An application credential.
    ApplicationCredential {
        /// Its id, when given by id.
        id: Option<String>,
        /// Its name, when given by name (then the user is needed as well).
        name: Option<String>,
        /// Whose it is.
        user: Option<UserRef>,
        /// Its secret.
        secret: Option<Secret>,
    },
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloudsFileError {
    /// Neither a `clouds:` map nor `OS_…=` assignments are in it.
    NotCredentials,
    /// A line of the YAML that is not understood; lines count from 1.
    Line {
        /// Which.
        line: usize,
        /// What stands there that we do not read.
        what: &'static str,
    },
    /// `clouds:` is there and empty.
    NoClouds,
}

impl fmt::Display for CloudsFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCredentials => f.write_str("neither a clouds.yaml nor an openrc file"),
            Self::Line { line, what } => write!(f, "line {line}: {what}"),
            Self::NoClouds => f.write_str("no cloud in the file"),
        }
    }
}

impl std::error::Error for CloudsFileError {}

/// Reads either kind of file.
///
/// # Errors
/// When it is neither, or is YAML beyond what such files use.
pub fn parse_credentials_file(text: &str) -> Result<Vec<CloudEntry>, CloudsFileError> {
    let text = text.trim_start_matches('\u{feff}');
    let assignments = openrc(text);
    if assignments.keys().any(|key| key.starts_with("OS_")) {
        return Ok(vec![from_openrc(&assignments)]);
    }
    if !text.lines().any(|line| line.trim_end().trim_end_matches(':') == "clouds") {
        return Err(CloudsFileError::NotCredentials);
    }
    let root = yaml(text)?;
    let clouds = match root.get("clouds") {
        Some(Node::Map(clouds)) => clouds,
        _ => return Err(CloudsFileError::NoClouds),
    };
    let entries: Vec<CloudEntry> = clouds
        .iter()
        .filter_map(|(name, node)| match node {
            Node::Map(cloud) => Some(from_cloud(name, cloud)),
            Node::Text(_) => None,
        })
        .collect();
    if entries.is_empty() { Err(CloudsFileError::NoClouds) } else { Ok(entries) }
}

fn from_cloud(name: &str, cloud: &BTreeMap<String, Node>) -> CloudEntry {
    let top = |key: &str| cloud.get(key).and_then(Node::text);
    let auth = |key: &str| match cloud.get("auth") {
        Some(Node::Map(auth)) => auth.get(key).and_then(Node::text),
        _ => None,
    };
    // Some tools write everything on one level.
    let find = |key: &str| auth(key).or_else(|| top(key));
    entry(name, top("auth_type"), top("region_name"), find)
}

fn from_openrc(assignments: &BTreeMap<String, String>) -> CloudEntry {
    let find = |key: &str| {
        let name = format!("OS_{}", key.to_ascii_uppercase());
        assignments.get(&name).filter(|value| !value.is_empty()).cloned()
    };
    let name =
        find("project_name").or_else(|| find("cloud")).unwrap_or_else(|| "openrc".to_owned());
    let tenant_aware = |key: &str| {
        find(key).or_else(|| match key {
            "project_name" => find("tenant_name"),
            "project_id" => find("tenant_id"),
            _ => None,
        })
    };
    entry(&name, find("auth_type"), find("region_name"), tenant_aware)
}

fn entry(
    name: &str,
    auth_type: Option<String>,
    region: Option<String>,
    find: impl Fn(&str) -> Option<String>,
) -> CloudEntry {
    let domain = |kind: &str| {
        let id = find(&format!("{kind}_domain_id")).or_else(|| find("domain_id"));
        let name = find(&format!("{kind}_domain_name")).or_else(|| find("domain_name"));
        match (id, name) {
            (Some(id), _) => DomainRef::Id(id),
            (None, Some(name)) => DomainRef::Name(name),
            (None, None) => {
                DomainRef::Id(find("default_domain").unwrap_or_else(|| "default".to_owned()))
            }
        }
    };
    let user = match (find("user_id"), find("username")) {
        (Some(id), _) => Some(UserRef::Id(id)),
        (None, Some(name)) => Some(UserRef::Name { name, domain: domain("user") }),
        (None, None) => None,
    };
    let credential_id = find("application_credential_id");
    let credential_name = find("application_credential_name");
    let is_credential = auth_type.as_deref() == Some("v3applicationcredential")
        || credential_id.is_some()
        || credential_name.is_some();
    let credentials = if is_credential {
        FileCredentials::ApplicationCredential {
            id: credential_id,
            name: credential_name,
            user,
            secret: find("application_credential_secret").map(Secret::new),
        }
    } else {
        FileCredentials::Password { user, password: find("password").map(Secret::new) }
    };
    let scope = match (find("project_id"), find("project_name")) {
        (Some(id), _) => Scope::ProjectId(ProjectId::new(id)),
        (None, Some(name)) => Scope::Project { name, domain: domain("project") },
        (None, None) => Scope::Default,
    };
    CloudEntry { name: name.to_owned(), auth_url: find("auth_url"), region, credentials, scope }
}

/// The assignments of a shell script, `export` or not. A value that needs a shell (`$…`, a command) counts as missing.
fn openrc(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let Some((name, value)) = line.split_once('=') else { continue };
        let is_name =
            name.starts_with("OS_") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name {
            continue;
        }
        let value = value.trim();
        let single_quoted = value.starts_with('\'');
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                value.get(1..).and_then(|rest| rest.split(quote).next()).unwrap_or_default()
            }
            _ => value.split([' ', '\t', ';']).next().unwrap_or_default(),
        };
        let needs_shell = !single_quoted && (value.contains('$') || value.contains('`'));
        if !needs_shell && !value.is_empty() {
            found.insert(name.to_owned(), value.to_owned());
        }
    }
    found
}

#[derive(Debug)]
enum Node {
    Map(BTreeMap<String, Node>),
    Text(String),
}

impl Node {
    fn text(&self) -> Option<String> {
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

fn yaml(text: &str) -> Result<BTreeMap<String, Node>, CloudsFileError> {
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
