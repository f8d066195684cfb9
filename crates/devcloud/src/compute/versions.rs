//! The versions that are spoken, as `GET /` and `GET /v2.1` tell them.

use serde_json::{Value, json};

use crate::Release;
use crate::microversion::{Microversion, Supported};

/// All of them.
pub fn supported(release: Release) -> Supported {
    Supported {
        service: "compute",
        legacy_header: Some("x-openstack-nova-api-version"),
        least: Microversion { major: 2, minor: 1 },
        most: release.compute_newest(),
    }
}

/// The body of `GET /`.
pub fn all(root: &str, release: Release) -> Value {
    let (status, updated) = release.compute_v2_0();
    let old = json!({
        "id": "v2.0", "status": status, "version": "", "min_version": "", "updated": updated,
        "links": [{"rel": "self", "href": format!("{root}/v2/")}],
    });
    json!({"versions": [old, version_2_1(root, release, false)]})
}

/// Version 2.1; `whole` as it says it of itself.
pub fn version_2_1(root: &str, release: Release, whole: bool) -> Value {
    let versions = supported(release);
    let own = json!({"rel": "self", "href": format!("{root}/v2.1/")});
    let mut version = json!({
        "id": "v2.1", "status": "CURRENT", "version": versions.most.to_string(),
        "min_version": versions.least.to_string(), "updated": "2013-07-23T11:33:21Z", "links": [own],
    });
    if whole && let Some(version) = version.as_object_mut() {
        let more = json!({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"});
        version.insert("links".to_owned(), json!([own, more]));
        let kind = "application/vnd.openstack.compute+json;version=2.1";
        version
            .insert("media-types".to_owned(), json!([{"base": "application/json", "type": kind}]));
    }
    version
}
