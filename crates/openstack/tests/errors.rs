//! Every service's error bodies, as a real cloud sent them, become the right error.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod support;

use openstack::{ApiError, ErrorKind, Response, Service};
use support::sample;

/// A recorded answer, what kind of error it is, the cloud's name for it, and what its message starts with.
fn check(name: &str, kind: ErrorKind, code: Option<&str>, message: &str) {
    let response = sample(name);
    let error = ApiError::from_response("do it", Service::Image, &response);
    assert_eq!((error.kind, error.code.as_deref()), (kind, code), "{name}");
    assert_eq!(error.status, Some(response.status), "{name}");
    assert!(error.message.starts_with(message), "{name}: {}", error.message);
    assert!(!error.message.contains('\n'), "{name}: {}", error.message);
    // Glance's, Nova's and Neutron's 401 come from a filter before the service, without an id.
    let has_id = error.request_id.is_some_and(|id| id.starts_with("req-"));
    assert!(has_id || response.status == 401, "{name}: no request id");
}

#[test]
fn recorded_errors() {
    use ErrorKind::*;
    check(
        "keystone/wrong-password",
        Unauthorized,
        None,
        "The request you have made requires authentication.",
    );
    check(
        "keystone/credential-with-scope",
        Unauthorized,
        None,
        "Error authenticating with application credential: ",
    );
    check(
        "keystone/list-projects-refused",
        Forbidden,
        None,
        "You are not authorized to perform the requested action: ",
    );
    check(
        "keystone/malformed",
        BadRequest,
        None,
        "'identity' is a required property Failed validating",
    );
    check(
        "glance/patch-wrong-type",
        BadRequest,
        None,
        "Provided object does not match schema 'image': '7' is not",
    );
    check(
        "glance/web-refused-port",
        BadRequest,
        None,
        "URI for web-download does not pass filtering: http",
    );
    check(
        "glance/no-token",
        Unauthorized,
        None,
        "This server could not verify that you are authorized",
    );
    check(
        "glance/delete-protected",
        Forbidden,
        None,
        "Image 9489c06b-0000-4000-8000-000000000001 is protected",
    );
    check(
        "glance/create-public",
        Forbidden,
        None,
        "You are not authorized to complete publicize_image",
    );
    check("glance/show-gone", NotFound, None, "No image found with ID 9489c06b");
    check(
        "glance/upload-again",
        Conflict,
        None,
        "Image status transition from active to saving is not allowed",
    );
    check(
        "glance/patch-remove-missing",
        Conflict,
        None,
        "There was a conflict when trying to complete your request. Prop",
    );
    check(
        "glance/quota-records",
        TooLarge,
        None,
        "The request returned a 413 Request Entity Too Large.",
    );
    check(
        "glance/upload-raw-as-qcow2",
        UnsupportedMedia,
        None,
        "The request media type application/octet-stream",
    );
    check(
        "glance/upload-after-mismatch",
        Server,
        None,
        "The server has either erred or is incapable",
    );
    check(
        "nova/refused-small-memory",
        BadRequest,
        Some("badRequest"),
        "Flavor's memory is too small for requested image.",
    );
    check(
        "nova/no-token",
        Unauthorized,
        None,
        "The request you have made requires authentication.",
    );
    check(
        "nova/refused-quota",
        Forbidden,
        Some("forbidden"),
        "Quota exceeded for cores, instances, ram",
    );
    check(
        "nova/server-missing",
        NotFound,
        Some("itemNotFound"),
        "Instance 00000000-0000-0000-0000-000000000000 could not",
    );
    check(
        "nova/version-too-new",
        BadRequest,
        Some("computeFault"),
        "Version 9.9 is not supported by the API.",
    );
    check("nova/rescue-twice", Conflict, Some("conflictingRequest"), "Cannot 'rescue' instance");
    check(
        "neutron/network-shared-refused",
        Forbidden,
        Some("PolicyNotAuthorized"),
        "(rule:create_network and",
    );
    check(
        "neutron/network-missing",
        NotFound,
        Some("NetworkNotFound"),
        "Network none could not be found.",
    );
    check(
        "cinder/smaller-than-min-disk",
        BadRequest,
        Some("badRequest"),
        "Invalid input received: Volume size 1GB cannot be",
    );
    check("cinder/over-quota", TooLarge, Some("overLimit"), "VolumeSizeExceedsAvailableQuota: ");
}

/// A body that no recorded service sent, and the message in it.
fn check_body(status: u16, body: &str, message: &str) {
    let response = Response { status, headers: vec![], body: body.as_bytes().to_vec() };
    assert_eq!(
        ApiError::from_response("do it", Service::Image, &response).message,
        message,
        "{body}"
    );
}

#[test]
fn bodies_of_proxies_and_old_releases() {
    check_body(
        502,
        "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>",
        "nginx",
    );
    check_body(
        404,
        "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID &lt;x&gt;<br /><br />\n </body>\n</html>",
        "No image found with ID <x>",
    );
    check_body(
        409,
        "409 Conflict\n\nThe image cannot be deleted because it is in use.<br /><br />\n\n   ",
        "The image cannot be deleted because it is in use.",
    );
    check_body(
        503,
        "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>",
        "No server is available to handle this request.",
    );
    check_body(403, r#"{"NeutronError": "Policy says no"}"#, "Policy says no");
    check_body(429, r#"{"message": "API rate limit exceeded"}"#, "API rate limit exceeded");
    check_body(500, "", "");
    check_body(500, "[]", "");
    check_body(500, r#"{"a": null}"#, "");
    check_body(400, "a < b and no tag", "a < b and no tag");
    check_body(403, "403 Forbidden\n\nNot allowed.<br /><br />\n\n", "Not allowed.");
    check_body(500, "<html><style>unclosed", "unclosed");
    // What Glance sends to a client that asks for JSON.
    check_body(
        403,
        r#"{"message": "Image x is protected and cannot be deleted.<br /><br />\n\n\n", "code": "403 Forbidden", "title": "Forbidden"}"#,
        "Image x is protected and cannot be deleted.",
    );
}

#[test]
fn quota_is_told_in_four_ways() {
    let is_quota =
        |name| ApiError::from_response("do it", Service::Image, &sample(name)).is_quota();
    assert!(
        is_quota("glance/quota-records")
            && is_quota("cinder/over-quota")
            && is_quota("nova/refused-quota")
    );
    assert!(!is_quota("glance/create-public") && !is_quota("nova/rescue-twice"));
    let body = br#"{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['port'].", "detail": ""}}"#;
    let neutron = Response { status: 409, headers: vec![], body: body.to_vec() };
    assert!(ApiError::from_response("do it", Service::Network, &neutron).is_quota());
    let local = |words| ApiError::local("do it", Service::Compute, ErrorKind::Forbidden, words);
    assert!(local("Maximum number of ports exceeded").is_quota());
    assert!(
        !local("Policy doesn't allow os_compute_api:servers:create to be performed.").is_quota()
    );
}
