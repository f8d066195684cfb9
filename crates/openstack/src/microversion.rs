//! Microversions of Nova and Cinder: which ones the cloud and this client both speak, and which of them a call is sent in.
//!
//! A call says which version it makes use of, and is sent in that one or in the newest before it that the cloud has. So a cloud is
//! never asked for what it does not know, and what newer versions take away is never met.
//! (<https://docs.openstack.org/api-guide/compute/microversions.html>)

use std::fmt;

/// `2.96` and the like. Ordered by number, not by text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Microversion {
    /// Before the dot.
    pub major: u32,
    /// After the dot.
    pub minor: u32,
}

/// The versions of the compute API that the client is written against: up to Caracal's newest
/// (nova/api/openstack/api_version_request.py `_MAX_API_VERSION` of Nova 29).
pub(crate) const COMPUTE: Spoken =
    Spoken { oldest: Microversion::new(2, 1), newest: Microversion::new(2, 96) };
/// The same of the volume API (Cinder 24, and still Cinder 29).
pub(crate) const VOLUME: Spoken =
    Spoken { oldest: Microversion::new(3, 0), newest: Microversion::new(3, 71) };

/// Versions from the oldest to the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    pub(crate) oldest: Microversion,
    pub(crate) newest: Microversion,
}

impl Spoken {
    /// Those that a cloud has as well, by its version document: `version` and `min_version`, empty or missing in one from before
    /// there were microversions. `Err` is the cloud's oldest, when that is newer than all that is known here.
    pub(crate) fn with(
        self,
        newest: Option<Microversion>,
        oldest: Option<Microversion>,
    ) -> Result<Self, Microversion> {
        let oldest = oldest.unwrap_or(self.oldest).max(self.oldest);
        let newest = newest.map_or(self.oldest, |newest| newest.min(self.newest));
        if oldest > self.newest {
            Err(oldest)
        } else {
            Ok(Self { oldest, newest: newest.max(oldest) })
        }
    }

    /// The one for a call that makes use of `uses`; `None` when the cloud begins after `last`, the newest that has it at all.
    pub(crate) fn choose(
        self,
        uses: Microversion,
        last: Option<Microversion>,
    ) -> Option<Microversion> {
        let chosen = uses.clamp(self.oldest, self.newest);
        last.is_none_or(|last| chosen <= last).then_some(chosen)
    }
}

impl Microversion {
    /// From its two numbers.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// From the version document's text; `None` for an empty one (a cloud without microversions).
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.trim().split_once('.')?;
        Some(Self::new(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
