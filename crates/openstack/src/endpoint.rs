//! Which services there are, what the catalog calls them, and how a URL for one of them is made.
//!
//! URLs are joined as text: a cloud behind the page's own origin may be given as `/image`, which is not a URL that a
//! URL library would take.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The OpenStack services that the console talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// Keystone.
    Identity,
    /// Glance.
    Image,
    /// Nova.
    Compute,
    /// Neutron.
    Network,
    /// Cinder.
    #[serde(alias = "block-storage", alias = "volumev3")]
    Volume,
    /// Swift.
    ObjectStore,
}

impl Service {
    /// Every service, for settings and diagnostics.
    pub const ALL: [Self; 6] = [
        Self::Identity,
        Self::Image,
        Self::Compute,
        Self::Network,
        Self::Volume,
        Self::ObjectStore,
    ];

    /// Its name in settings and errors (`image`, `object-store`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Image => "image",
            Self::Compute => "compute",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::ObjectStore => "object-store",
        }
    }

    /// Its types in the catalog, best first (service-types-authority: official type and aliases).
    pub fn catalog_types(self) -> &'static [&'static str] {
        match self {
            Self::Identity => &["identity"],
            Self::Image => &["image"],
            Self::Compute => &["compute"],
            Self::Network => &["network"],
            Self::Volume => &["block-storage", "volumev3", "block-store", "volume"],
            Self::ObjectStore => &["object-store"],
        }
    }

    /// The version segment to add where the catalog's URL has none: Glance and Neutron are registered bare.
    fn version_segment(self) -> &'static str {
        match self {
            Self::Identity | Self::Volume => "v3",
            Self::Image => "v2",
            Self::Compute => "v2.1",
            Self::Network => "v2.0",
            Self::ObjectStore => "v1",
        }
    }
}

/// Where to find each service for one project in one region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    bases: BTreeMap<Service, String>,
}

impl Endpoints {
    /// No service yet; [`crate::catalog::Catalog::endpoints`] is the usual way to get one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the base URL of a service; a missing version segment is added.
    pub fn set(&mut self, service: Service, url: &str) {
        self.bases.insert(service, versioned(service, url));
    }

    /// The base URL, without a slash at its end.
    pub fn base(&self, service: Service) -> Option<&str> {
        self.bases.get(&service).map(String::as_str)
    }

    /// The services that can be reached.
    pub fn services(&self) -> impl Iterator<Item = Service> + '_ {
        self.bases.keys().copied()
    }
}

/// The URL without slashes at its end and with a version segment somewhere in its path.
pub fn versioned(service: Service, url: &str) -> String {
    let url = url.trim_end_matches('/');
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    if path.split('/').any(is_version) {
        url.to_owned()
    } else {
        format!("{url}/{}", service.version_segment())
    }
}

/// The part of a base up to and with its version segment: where the version document is (`…/v2.1/{project}` → `…/v2.1`).
pub fn version_root(base: &str) -> &str {
    let mut end = 0;
    for segment in base.split('/') {
        end += segment.len();
        if is_version(segment) {
            return base.get(..end).unwrap_or(base);
        }
        end += 1;
    }
    base
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
    })
}

/// One path segment, percent-encoded: tags, key pair names and ids from the address bar may hold anything.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    // A lone `.` or `..` would be taken as a step in the path.
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}
