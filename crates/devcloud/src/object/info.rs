//! `GET /info`: what the cluster can do, without a token.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::meta;
use super::reply::{Answer, Refusal, with_body};

/// 5 GiB and the 2 bytes that Swift's default adds.
pub(super) const MAX_FILE_SIZE: u64 = 5_368_709_122;
pub(super) const MAX_OBJECT_NAME: usize = 1024;
pub(super) const MAX_CONTAINER_NAME: usize = 256;
pub(super) const LISTING_LIMIT: usize = 10_000;
pub(super) const MAX_SEGMENTS: usize = 1000;
pub(super) const MAX_MANIFEST_SIZE: usize = 8_388_608;
pub(super) const MAX_DELETES: usize = 10_000;

pub(super) fn answer(call: &Call) -> Answer {
    if ![Method::GET, Method::HEAD].contains(&call.method) {
        return Err(Refusal::page(StatusCode::METHOD_NOT_ALLOWED));
    }
    let release = call.region.options.release;
    let mut info = json!({
        "swift": {
            "version": release.object_version(), "strict_cors_mode": true,
            "policies": [{"name": "Policy-0", "aliases": "Policy-0", "default": true}],
            "allow_account_management": false, "account_autocreate": true,
            "max_file_size": MAX_FILE_SIZE, "max_meta_name_length": meta::MAX_NAME,
            "max_meta_value_length": meta::MAX_VALUE, "max_meta_count": meta::MAX_COUNT,
            "max_meta_overall_size": meta::MAX_OVERALL, "max_header_size": 8192,
            "max_object_name_length": MAX_OBJECT_NAME, "container_listing_limit": LISTING_LIMIT,
            "account_listing_limit": LISTING_LIMIT, "max_account_name_length": 256,
            "max_container_name_length": MAX_CONTAINER_NAME, "extra_header_count": 0,
        },
        "slo": {
            "max_manifest_segments": MAX_SEGMENTS, "max_manifest_size": MAX_MANIFEST_SIZE, "yield_frequency": 10,
            "min_segment_size": 1, "allow_async_delete": true,
        },
        "account_quotas": {}, "container_quotas": {},
        "bulk_delete": {"max_deletes_per_request": MAX_DELETES, "max_failed_deletes": 1000},
    });
    let mut removed = vec!["x-timestamp"];
    if release.object_opens_expired() {
        if let Some(swift) = info.get_mut("swift").and_then(Value::as_object_mut) {
            swift.insert("allow_open_expired".to_owned(), json!(false));
            swift.insert("max_request_line".to_owned(), json!(8192));
        }
        removed.push("x-open-expired");
    }
    let digests = &call.region.options.tempurl_digests;
    if let (false, Some(info)) = (digests.is_empty(), info.as_object_mut()) {
        let deprecated: Vec<&String> = digests.iter().filter(|digest| *digest == "sha1").collect();
        let tempurl = json!({
            "methods": ["GET", "HEAD", "PUT", "POST", "DELETE"],
            "incoming_remove_headers": removed, "incoming_allow_headers": [],
            "outgoing_remove_headers": ["x-object-meta-*"], "outgoing_allow_headers": ["x-object-meta-public-*"],
            "allowed_digests": digests, "deprecated_digests": deprecated,
        });
        info.insert(String::from("tempurl"), tempurl);
    }
    Ok(with_body(StatusCode::OK, "application/json; charset=UTF-8", info.to_string()))
}
