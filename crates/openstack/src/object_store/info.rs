//! What this cloud's Swift can do (`GET /info`).

use serde_json::Value;

use super::temp_url::TempUrlDigest;
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::{Service, version_root};
use crate::error::ApiError;
use crate::transport::{Method, Transport};

/// What a proxy without the key says of itself: Swift's limits before they were told.
const OLDEST_MANIFEST_BYTES: u64 = 2 << 20;
const OLDEST_MANIFEST_SEGMENTS: u64 = 1000;
const LISTING_LIMIT: u32 = 10_000;

/// What an object store can do. A middleware that is not there is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Swift's version (`2.38.3`); Ceph tells none.
    pub version: Option<String>,
    /// The largest single object; `None` when it is not told.
    pub max_object_bytes: Option<u64>,
    /// How many rows a listing has at most.
    pub listing_limit: u32,
    /// Static large objects: one object made of many.
    pub slo: Option<SloLimits>,
    /// URLs that carry their own permission.
    pub temp_url: Option<TempUrlLimits>,
}

/// The limits of static large objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SloLimits {
    /// References in one manifest; repeats count.
    pub max_segments: u64,
    /// The JSON of one manifest.
    pub max_manifest_bytes: u64,
    /// The smallest segment but the last.
    pub min_segment_bytes: u64,
}

/// What TempURLs may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TempUrlLimits {
    /// How they may be signed, of what we know. Swift before 2.17 tells nothing and takes SHA-1 only.
    pub digests: Vec<TempUrlDigest>,
    /// For which methods (`GET`, …); empty when it is not told.
    pub methods: Vec<String>,
}

impl TempUrlLimits {
    /// The digest to sign with: SHA-1 only where nothing else is allowed.
    pub fn best_digest(&self) -> Option<TempUrlDigest> {
        TempUrlDigest::BEST_FIRST.into_iter().find(|digest| self.digests.contains(digest))
    }
}

/// What the object store can do. It is asked for without token and without any header of our own, as only so a page of
/// another origin gets the answer (swift/test/cors/test-info.js).
///
/// # Errors
/// [`crate::ErrorKind::NoEndpoint`] where the cloud has no object store; 401, 403 or 404 where `/info` is switched off.
pub async fn info<T: Transport>(client: &Client<T>) -> Result<Info, ApiError> {
    let call =
        Call::new("read what the object store can do", Service::ObjectStore, Method::Get, "/info");
    let url = format!("{}/info", root(client.base(&call)?));
    let response = client.send_without_token(&call, &url).await?;
    serde_json::from_slice::<Value>(&response.body)
        .map(|answer| read(&answer))
        .map_err(|why| ApiError::decode(call.operation, call.service, &response, why))
}

/// What stands before the version: `https://host/object-store/v1/AUTH_x` → `https://host/object-store`.
fn root(base: &str) -> &str {
    let versioned = version_root(base);
    versioned.rsplit_once('/').map_or(versioned, |(root, _)| root)
}

fn read(answer: &Value) -> Info {
    let number = |path: &str| answer.pointer(path).and_then(Value::as_u64);
    let words = |path: &str| -> Option<Vec<String>> {
        let words = answer.pointer(path)?.as_array()?;
        Some(words.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let slo = answer.get("slo").map(|_| SloLimits {
        max_segments: number("/slo/max_manifest_segments").unwrap_or(OLDEST_MANIFEST_SEGMENTS),
        max_manifest_bytes: number("/slo/max_manifest_size").unwrap_or(OLDEST_MANIFEST_BYTES),
        min_segment_bytes: number("/slo/min_segment_size").unwrap_or(1),
    });
    let temp_url = answer.get("tempurl").map(|_| TempUrlLimits {
        digests: match words("/tempurl/allowed_digests") {
            Some(names) => names.iter().filter_map(|name| TempUrlDigest::named(name)).collect(),
            None => vec![TempUrlDigest::Sha1],
        },
        methods: words("/tempurl/methods").unwrap_or_default(),
    });
    Info {
        version: answer.pointer("/swift/version").and_then(Value::as_str).map(str::to_owned),
        max_object_bytes: number("/swift/max_file_size"),
        listing_limit: number("/swift/container_listing_limit")
            .and_then(|rows| u32::try_from(rows).ok())
            .unwrap_or(LISTING_LIMIT),
        slo,
        temp_url,
    }
}
