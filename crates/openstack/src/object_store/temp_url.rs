//! URLs that carry their own permission: whoever has one may read (or write) one object until a moment
//! (swift/common/middleware/tempurl.py).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::object_path;
use crate::Timestamp;
use crate::endpoint::version_root;
use crate::identity::Secret;
use crate::transport::Method;

/// How a TempURL is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TempUrlDigest {
    /// All that Swift before 2.17 takes.
    Sha1,
    /// What we prefer: short, and allowed by default.
    Sha256,
    /// Allowed by default as well.
    Sha512,
}

impl TempUrlDigest {
    /// All, the one to choose first.
    pub const BEST_FIRST: [Self; 3] = [Self::Sha256, Self::Sha512, Self::Sha1];

    /// By its name in `/info`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn sign(self, key: &[u8], text: &[u8]) -> String {
        match self {
            Self::Sha1 => tag::<Hmac<Sha1>>(key, text),
            Self::Sha256 => tag::<Hmac<Sha256>>(key, text),
            Self::Sha512 => tag::<Hmac<Sha512>>(key, text),
        }
    }
}

/// A signed URL; `Debug` does not show it, as it is a permission.
#[derive(Clone, PartialEq, Eq)]
pub struct TempUrl(String);

impl TempUrl {
    /// The URL itself, for the one call that hands it over.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TempUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TempUrl(hidden)")
    }
}

/// A URL that allows `method` on an object until `expires`; one for `GET` also allows `HEAD`. `base` is the object
/// store's endpoint as the one who will use the URL reaches it. Signed is what Swift itself sees, from its version on: a
/// gateway's own prefix is not part of it.
pub fn temp_url(
    base: &str,
    container: &str,
    name: &str,
    key: &Secret,
    method: Method,
    expires: Timestamp,
    digest: TempUrlDigest,
) -> TempUrl {
    let base = base.trim_end_matches('/');
    let expires = expires.as_second();
    let text =
        format!("{}\n{expires}\n{}/{container}/{name}", method.as_str(), seen_by_swift(base));
    let signature = digest.sign(key.reveal().as_bytes(), text.as_bytes());
    TempUrl(format!(
        "{base}{}?temp_url_sig={signature}&temp_url_expires={expires}",
        object_path(container, name)
    ))
}

/// `https://host/object-store/v1/AUTH_x` → `/v1/AUTH_x`.
fn seen_by_swift(base: &str) -> &str {
    let before = version_root(base).rfind('/').unwrap_or_default();
    base.get(before..).unwrap_or(base)
}

fn tag<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> String {
    // An HMAC takes a key of any length (RFC 2104), so there is always one.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return String::new() };
    mac.update(text);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
