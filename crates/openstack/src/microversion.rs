//! Microversions of Nova and Cinder: which one we speak, negotiated down to what the cloud offers.

use std::fmt;

/// `2.96` and the like. Ordered by number, not by text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Microversion {
    /// Before the dot.
    pub major: u32,
    /// After the dot.
    pub minor: u32,
}

/// What the client is written against: Caracal's newest.
pub const COMPUTE: Microversion = Microversion::new(2, 96);
/// The same of the volume service.
pub const VOLUME: Microversion = Microversion::new(3, 71);

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

    /// The newest that both sides speak: `wanted` at most, `oldest` where the cloud names none.
    pub(crate) fn negotiate(cloud_newest: Option<Self>, wanted: Self, oldest: Self) -> Self {
        cloud_newest.map_or(oldest, |newest| newest.min(wanted))
    }
}

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
