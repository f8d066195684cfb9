//! Which release of OpenStack this cloud answers as. One place says what differs; the services ask it.
//!
//! Read off the sources of both releases, file by file (Keystone 25.0.0, Glance 28.2.0, Nova 29.4.0, Neutron 24.2.2, Cinder 24.5.0 and
//! Swift 2.33.1 for Caracal; the newest are those that `tests/contract/` was recorded from):
//!
//! | service | in Caracal | source |
//! |---|---|---|
//! | Nova | speaks 2.1 to 2.96, not to 2.104: no shares (2.97), image properties (2.98) and scheduler hints (2.100) in a server; what is newer is a 406 | `nova/api/openstack/compute/rest_api_version_history.rst`, `api_version_request.py` `_MAX_API_VERSION` |
//! | Nova | the old v2.0 is `SUPPORTED` in the version document, not `DEPRECATED` | `nova/api/openstack/compute/versions.py` `VERSIONS` |
//! | Glance | the API's newest version is 2.15, and the first in the list; no 2.17 (2.16 and 2.18 are those with an image cache) | `glance/api/versions.py` `index` |
//! | Glance | nothing is refused for what its bytes are, neither uploaded nor imported: a wrong file becomes `active`, without a virtual size. (`require_image_format_match` came with 2025.1.) | `glance/location.py` `set_data` |
//! | Glance | a body's announced length does not count in the quota, and there is no `x-openstack-image-size`: who is below his quota may go over it once | `glance/api/v2/image_data.py` `upload`, `stage` |
//! | Glance | a 415 does not say why: the reason is given where WebOb's page has no place for it | `glance/api/v2/image_data.py` `RequestDeserializer`, `images.py` `update` |
//! | Glance | `web-download` looks at scheme, written host and port only: what the host's name resolves to may be a loopback address | `glance/common/utils.py` `validate_import_uri` |
//! | Neutron | networks have no `qinq`, and there is no extension of that name | `neutron/extensions/` |
//! | Neutron | no quota of a router's routes | `neutron/extensions/extraroute.py` |
//! | Swift | `/info` says nothing of expired objects and of the longest request line; TempURL removes one header less | `swift/proxy/server.py` `register_swift_info`, `swift/common/constraints.py`, `middleware/tempurl.py` |
//!
//! Looked for and the same in both: Keystone's version (v3.14) and everything that the console asks of it, receipts and application
//! credentials among it; Cinder's microversions (3.0 to 3.71); the CORS defaults of all services and Swift's rules; TempURL's digests
//! (`sha1`, deprecated, `sha256`, `sha512`); Nova's rescue, `createImage` and server groups; the names of all fields that both have.
//!
//! Not imitated: libraries' words in refused bodies (jsonschema), and what Glance 28 lets `web-download` reach besides loopback
//! (link-local addresses; redirects are not looked at): nothing of the console's depends on it, and a cloud on a laptop has no need.

use std::fmt;
use std::str::FromStr;

use crate::microversion::Microversion;

/// A release of OpenStack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Release {
    /// The newest: Keystone 30, Glance 33, Nova 34, Neutron 29, Cinder 29, Swift 2.38.
    #[default]
    Newest,
    /// 2024.1: Keystone 25, Glance 28, Nova 29, Neutron 24, Cinder 24, Swift 2.33.
    Caracal,
}

impl Release {
    /// All of them by the names that they have on the command line.
    pub const ALL: [(&str, Self); 2] = [("newest", Self::Newest), ("caracal", Self::Caracal)];

    fn is_newest(self) -> bool {
        self == Self::Newest
    }

    /// The newest microversion of the compute API.
    pub(crate) fn compute_newest(self) -> Microversion {
        let minor = if self.is_newest() { 104 } else { 96 };
        Microversion { major: 2, minor }
    }

    /// What the version document says of the compute API v2.0: its state, and since when.
    pub(crate) fn compute_v2_0(self) -> (&'static str, &'static str) {
        match self {
            Self::Newest => ("DEPRECATED", "2025-07-04T12:00:00Z"),
            Self::Caracal => ("SUPPORTED", "2011-01-21T11:33:21Z"),
        }
    }

    /// The versions of the image API with several stores and no cache, in the order in which they are listed.
    pub(crate) fn image_versions(self) -> &'static [&'static str] {
        match self {
            Self::Newest => &[
                "v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.17", "v2.7",
                "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0",
            ],
            Self::Caracal => &[
                "v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.7", "v2.6",
                "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0",
            ],
        }
    }

    /// The one among them that is `CURRENT`.
    pub(crate) fn image_current(self) -> &'static str {
        if self.is_newest() { "v2.17" } else { "v2.15" }
    }

    /// Whether Glance holds an image's bytes against its formats.
    pub(crate) fn image_formats_are_held_against(self) -> bool {
        self.is_newest()
    }

    /// Whether Glance takes the length that a request announces into account.
    pub(crate) fn image_length_counts(self) -> bool {
        self.is_newest()
    }

    /// Whether a 415 of Glance's says why.
    pub(crate) fn image_media_type_is_explained(self) -> bool {
        self.is_newest()
    }

    /// Whether `web-download` looks at the addresses of a host.
    pub(crate) fn web_download_resolves(self) -> bool {
        self.is_newest()
    }

    /// The extensions, attributes of networks, and quotas that Neutron does not know yet.
    pub(crate) fn network_has(self, name: &str) -> bool {
        self.is_newest() || !matches!(name, "qinq" | "router_route")
    }

    /// Swift's version.
    pub(crate) fn object_version(self) -> &'static str {
        if self.is_newest() { "2.38.3" } else { "2.33.1" }
    }

    /// Whether Swift knows of objects that are expired and still there (`allow_open_expired`), and of a longest request line.
    pub(crate) fn object_opens_expired(self) -> bool {
        self.is_newest()
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.into_iter().find(|(_, release)| release == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(name, _)| *name == text);
        let names: Vec<&str> = Self::ALL.into_iter().map(|(name, _)| name).collect();
        found
            .map(|(_, release)| release)
            .ok_or_else(|| format!("no such release; there are {}", names.join(" and ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_named_as_it_is_asked_for() {
        for (name, release) in Release::ALL {
            assert_eq!(name.parse(), Ok(release));
            assert_eq!(release.to_string(), name);
        }
        assert_eq!(Release::default(), Release::Newest);
        assert!("zed".parse::<Release>().unwrap_err().contains("newest and caracal"));
    }

    #[test]
    fn the_current_image_version_is_in_the_list() {
        for (_, release) in Release::ALL {
            assert!(release.image_versions().contains(&release.image_current()));
        }
    }
}
