//! Tells what cloud-init (or, on Windows, cloudbase-init) will make of an instance's user data, and what it will refuse.
//!
//! What is known of both comes from their own sources, cloud-init's keys and types from its own schema
//! (`schema/README.md`); `tests/oracle.rs` holds the verdicts against those of `cloud-init schema`. Pure: bytes in, findings
//! out; no words for people (those are the console's), no browser. Whatever is given, nothing panics.

mod archive;
pub mod base64;
mod check;
mod field;
mod finding;
mod format;
mod include;
mod jinja;
mod mime;
mod mistakes;
mod nearest;
mod opening;
mod problem;
mod schema;
mod script;
mod snippet;
mod yaml;

pub use check::{Report, check};
pub use field::{bytes_of, field_of};
pub use finding::{Finding, Fix, Place, Severity};
pub use format::{Format, Guest, format};
pub use problem::{Kind, Nearby, Problem, YamlProblem};
pub use snippet::{Snippet, add};

/// The longest user data after base64, in characters (nova/api/openstack/compute/schemas/servers.py, `user_data`).
pub const LONGEST_ENCODED: usize = 65_535;

/// How many characters so many bytes are in base64.
pub const fn encoded_len(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

/// The most bytes that fit: base64 goes by threes.
pub const LARGEST_BYTES: usize = LONGEST_ENCODED / 4 * 3;

/// The cloud-init release whose schema is used.
pub const SCHEMA_RELEASE: &str = "26.2";
