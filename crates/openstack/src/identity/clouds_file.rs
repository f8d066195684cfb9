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
use super::yaml::{Node, yaml};
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
