//! A test per rule: what was found, and the verdict it must come to.

use openstack::object_store::{Info, SloLimits, TempUrlDigest, TempUrlLimits};
use openstack::{ApiError, ErrorKind, Method, Microversion, Service};

use super::*;
use crate::pages::check::found::{Answer, Ask, Version, is_loopback, is_page, versions};
use crate::uploads::{CanaryStep, WhyDirect};

const OWN: &str = "https://console.example";

fn here() -> Here {
    Here {
        origin: OWN.to_owned(),
        secure: true,
        signed_in: true,
        region: Some("RegionOne".to_owned()),
    }
}

fn read(status: u16) -> Reply {
    Reply::Read(Answer { status, ..Answer::default() })
}

fn named(ids: &[(&str, Option<Microversion>)]) -> Reply {
    let versions =
        ids.iter().map(|(id, newest)| Version { id: (*id).to_owned(), newest: *newest }).collect();
    Reply::Read(Answer { status: 200, versions, ..Answer::default() })
}

fn at(service: Service, url: &str, simple: Reply) -> Looked {
    Looked {
        service,
        site: Site::At(url.to_owned()),
        simple: Some(simple),
        asks: Vec::new(),
        own: Own::none_of(service),
    }
}

fn glance(simple: Reply) -> Looked {
    at(Service::Image, "https://glance.example:9292/v2", simple)
}

/// The verdict of that title among those of a service.
fn check(looked: &Looked, title: &str, state: State, words: &str) -> Line {
    let lines = service(looked, &here());
    let line = lines.iter().find(|line| line.title == title);
    let line = line.unwrap_or_else(|| panic!("no {title} in {lines:?}"));
    assert_eq!(line.state, state, "{line:?}");
    assert!(line.text.contains(words), "{words:?} in {line:?}");
    line.clone()
}

fn mends(line: &Line, words: &str) {
    assert!(line.mends.iter().any(|mend| mend.lines.contains(words)), "{words:?} in {line:?}");
}

#[test]
fn a_service_that_answers_nothing_is_down_or_distrusted() {
    let down = glance(Reply::Silent);
    mends(&check(&down, "Reachable", State::Wrong, "Nothing answers"), "curl -v https://glance");
    check(&down, "TLS", State::Unlooked, "certificate");
    check(&down, "The rest", State::Unlooked, "no answer");
    check(&glance(Reply::Slow), "Reachable", State::Wrong, "15 seconds");
}

#[test]
fn a_service_that_answers_others_does_not_let_the_page_in() {
    let closed = glance(Reply::Hidden);
    check(&closed, "Reachable", State::Fine, "answers");
    let line = check(&closed, "CORS allow", State::Wrong, OWN);
    mends(&line, "allowed_origin = https://console.example");
    mends(&line, "Origin: https://console.example");
    let swift = at(Service::ObjectStore, "https://swift.example/v1/AUTH_p", Reply::Hidden);
    mends(
        &check(&swift, "CORS allow", State::Wrong, "Swift"),
        "cors_allow_origin = https://console.example",
    );
}

#[test]
fn mixed_content_is_told_before_anything_else() {
    let url = "http://glance.example:9292/v2";
    assert!(here().is_mixed(url) && !here().is_mixed("http://127.0.0.1:9292/v2"));
    let mixed = at(Service::Image, url, Reply::Mixed);
    check(&mixed, "Reachable", State::Wrong, "did not even ask");
    mends(
        &check(&mixed, "TLS", State::Wrong, "came by HTTPS"),
        "--url 'https://glance.example:9292/…'",
    );
    let keystone = at(Service::Identity, "http://auth.example/v3", Reply::Mixed);
    mends(&check(&keystone, "TLS", State::Wrong, ""), "\"auth_url\": \"https://auth.example/v3\"");
}

#[test]
fn what_is_not_encrypted_is_said_by_what_it_costs() {
    let plain = |service, simple| at(service, "http://a.example/v3", simple);
    check(&plain(Service::Identity, read(200)), "TLS", State::Wrong, "passwords");
    check(&plain(Service::ObjectStore, read(200)), "TLS", State::Wrong, "not sent in parts");
    let local = at(Service::Image, "http://127.0.0.1:9292/v2", read(200));
    check(&local, "TLS", State::Fine, "this very computer");
    check(&glance(read(200)), "TLS", State::Fine, "trusts");
}

#[test]
fn the_pages_own_policy_may_be_what_is_in_the_way() {
    let forbidden = glance(Reply::Forbidden);
    let line = check(&forbidden, "Reachable", State::Wrong, "Content-Security-Policy");
    mends(&line, "connect-src 'self' https://glance.example:9292");
}

#[test]
fn a_gateway_that_does_not_forward_answers_with_a_page() {
    let page = Reply::Read(Answer { status: 200, is_page: true, ..Answer::default() });
    let unforwarded = at(Service::Image, "https://console.example/image/v2", page.clone());
    mends(&check(&unforwarded, "Reachable", State::Wrong, "not Glance"), "location /image/ {");
    // Elsewhere it is a gateway with an error page of its own.
    check(&glance(page), "Reachable", State::Fine, "answers at");
    check(&glance(read(503)), "Reachable", State::Wrong, "503");
}

#[test]
fn what_the_catalogue_lacks_is_missing() {
    let absent =
        |service| Looked { site: Site::Absent, simple: None, ..at(service, "", Reply::Silent) };
    check(&absent(Service::Image), "Reachable", State::Wrong, "nothing to do here");
    let store = check(&absent(Service::ObjectStore), "Reachable", State::Missing, "in one piece");
    mends(&store, "openstack endpoint create --region RegionOne object-store public");
    let untold = Looked { site: Site::Untold, simple: None, ..glance(Reply::Silent) };
    check(&untold, "Reachable", State::Unlooked, "catalogue");
}

#[test]
fn methods_and_headers_that_are_not_let_in_are_named() {
    let ask = |method, headers| Ask { method, headers, numbered: false, counts: false };
    let mut looked = glance(read(200));
    looked.asks = vec![
        (ask(Method::Get, &["X-Auth-Token"]), read(200)),
        (ask(Method::Patch, &["X-Auth-Token", "Content-Type"]), read(404)),
    ];
    check(&looked, "CORS allow", State::Fine, "GET, PATCH");
    looked.asks.push((ask(Method::Delete, &["X-Auth-Token"]), Reply::Hidden));
    let line = check(&looked, "CORS allow", State::Wrong, "DELETE (X-Auth-Token).");
    mends(&line, "allow_methods = GET,POST,PUT,PATCH,DELETE");
    check(&glance(read(200)), "CORS allow", State::Unlooked, "after a sign-in");
    let own = at(Service::Image, "https://console.example/image/v2", read(200));
    check(&own, "CORS allow", State::Fine, "same origin");
}

#[test]
fn headers_that_cannot_be_read_are_missing() {
    let numbered = |has_request_id| {
        let ask =
            Ask { method: Method::Get, headers: &["X-Auth-Token"], numbered: true, counts: true };
        let answer = Answer { status: 200, has_request_id, ..Answer::default() };
        Looked { asks: vec![(ask, Reply::Read(answer))], ..glance(read(200)) }
    };
    let title = "CORS expose: X-OpenStack-Request-ID";
    check(&numbered(true), title, State::Fine, "number");
    mends(
        &check(&numbered(false), title, State::Missing, "without the number"),
        "X-OpenStack-Request-ID",
    );
    let keystone = at(Service::Identity, "https://auth.example/v3", read(200));
    check(&keystone, "CORS expose", State::Fine, "signed in");
    let lines = service(&keystone, &Here { signed_in: false, ..here() });
    let line = lines.iter().find(|line| line.title == "CORS expose").unwrap();
    assert_eq!(line.state, State::Unlooked);
    mends(line, "expose_headers = X-Subject-Token");
}

#[test]
fn a_token_that_is_refused_is_the_clouds_trouble() {
    let answered = |reply| {
        let ask =
            Ask { method: Method::Get, headers: &["X-Auth-Token"], numbered: false, counts: true };
        Looked {
            asks: vec![(ask, reply)],
            ..at(Service::Image, "https://console.example/image/v2", read(200))
        }
    };
    check(&answered(read(401)), "Sign-in accepted", State::Wrong, "keystone_authtoken");
    check(&answered(read(502)), "Sign-in accepted", State::Wrong, "502");
    check(&answered(Reply::Silent), "Sign-in accepted", State::Wrong, "no answer");
    for fine in [read(200), read(403)] {
        let lines = service(&answered(fine), &here());
        assert!(lines.iter().all(|line| line.title != "Sign-in accepted"), "{lines:?}");
    }
}

#[test]
fn versions_are_held_against_what_slipway_speaks() {
    let v = |service, ids: &[(&str, Option<Microversion>)]| {
        at(service, "https://a.example/x", named(ids))
    };
    check(&v(Service::Identity, &[("v3.14", None)]), "Versions", State::Fine, "v3.14");
    check(
        &v(Service::Identity, &[("v2.0", None)]),
        "Versions",
        State::Wrong,
        "v2.0; Slipway speaks v3",
    );
    check(&v(Service::Image, &[("v2.9", None), ("v2.15", None)]), "Versions", State::Fine, "v2.15");
    check(&v(Service::Image, &[("v2.6", None)]), "Versions", State::Missing, "SHA-512");
    check(&v(Service::Network, &[("v2.0", None)]), "Versions", State::Fine, "v2.0");
    let micro = |minor| Some(Microversion::new(2, minor));
    let nova = |minor| v(Service::Compute, &[("v2.1", micro(minor))]);
    check(&nova(104), "Versions", State::Fine, "up to 2.104");
    check(&nova(90), "Versions", State::Missing, "Not there yet: host names with dots.");
    let old = check(&nova(79), "Versions", State::Missing, "rescue of instances");
    assert!(!old.text.contains("tags at the launch"), "{old:?}");
    check(&v(Service::Volume, &[("v2.0", None)]), "Versions", State::Wrong, "v3");
    check(&glance(read(200)), "Versions", State::Unlooked, "does not say");
}

#[test]
fn glance_must_fetch_by_itself() {
    let with = |methods: &[&str]| Looked {
        own: Own::Image {
            methods: Some(Ok(methods.iter().map(|name| (*name).to_owned()).collect())),
            stores: Some(Ok(Vec::new())),
        },
        ..glance(read(200))
    };
    check(
        &with(&["glance-direct", "web-download"]),
        "Import methods",
        State::Fine,
        "glance-direct, web-download",
    );
    let line = check(
        &with(&["glance-direct", "copy-image"]),
        "Import methods",
        State::Missing,
        "(glance-direct, copy-image)",
    );
    mends(&line, "enabled_import_methods = [glance-direct,copy-image,web-download]");
    mends(
        &check(&with(&[]), "Import methods", State::Missing, "(none)"),
        "[glance-direct,web-download]",
    );
    check(&with(&[]), "Stores", State::Fine, "One");
}

fn swift(info: Result<Info, ApiError>, container: Option<Result<(), ApiError>>) -> Looked {
    Looked {
        own: Own::Store { info: Some(info), container, opening: vec!["swift post c".to_owned()] },
        ..at(Service::ObjectStore, "https://swift.example/v1/AUTH_p", read(200))
    }
}

fn info() -> Info {
    Info {
        version: Some("2.38.3".to_owned()),
        max_object_bytes: None,
        listing_limit: 10_000,
        slo: Some(SloLimits {
            max_segments: 1000,
            max_manifest_bytes: 1 << 23,
            min_segment_bytes: 1,
        }),
        temp_url: Some(TempUrlLimits {
            digests: vec![TempUrlDigest::Sha256],
            methods: vec!["GET".to_owned()],
        }),
    }
}

fn refused(kind: ErrorKind, status: Option<u16>) -> ApiError {
    ApiError { status, ..ApiError::local("look", Service::ObjectStore, kind, "") }
}

#[test]
fn swift_must_join_and_sign() {
    let (joins, signs) = ("Joining parts (SLO)", "Signed addresses (TempURL)");
    let good = swift(Ok(info()), Some(Ok(())));
    check(&good, joins, State::Fine, "1,000 parts");
    check(&good, signs, State::Fine, "sha256");
    check(&good, "Versions", State::Fine, "Swift 2.38.3");
    let bare = swift(Ok(Info { slo: None, temp_url: None, ..info() }), None);
    mends(&check(&bare, joins, State::Missing, "does not join"), "[filter:slo]");
    mends(&check(&bare, signs, State::Missing, "signs none"), "[filter:tempurl]");
    let few = SloLimits { max_segments: 100, max_manifest_bytes: 1, min_segment_bytes: 1 };
    check(&swift(Ok(Info { slo: Some(few), ..info() }), None), joins, State::Missing, "100 parts");
    let digests = |digests: &[TempUrlDigest], method: &str| {
        let limits = TempUrlLimits { digests: digests.to_vec(), methods: vec![method.to_owned()] };
        swift(Ok(Info { temp_url: Some(limits), ..info() }), None)
    };
    check(&digests(&[], "GET"), signs, State::Missing, "None of the digests");
    check(&digests(&[TempUrlDigest::Sha1], "GET"), signs, State::Fine, "sha1");
    check(&digests(&[TempUrlDigest::Sha256], "PUT"), signs, State::Missing, "GET");
    let mute = swift(Err(refused(ErrorKind::Forbidden, Some(403))), None);
    mends(&check(&mute, "What it can do", State::Missing, "403"), "expose_info = true");
}

#[test]
fn swift_lets_a_page_at_containers_or_not() {
    let with = |container| swift(Ok(info()), Some(container));
    check(&with(Ok(())), "CORS allow", State::Fine, OWN);
    let line = check(
        &with(Err(refused(ErrorKind::Unreachable, None))),
        "CORS allow",
        State::Missing,
        "in one piece",
    );
    mends(&line, "delay_auth_decision = True");
    mends(&line, "swift post c");
    check(
        &with(Err(refused(ErrorKind::Forbidden, Some(403)))),
        "CORS allow",
        State::Unlooked,
        "operator_roles",
    );
}

#[test]
fn the_trial_says_how_far_it_came() {
    let landed =
        |result| trial(&Trial::Landed(result), Some("https://swift.example:8080/v1")).unwrap();
    assert_eq!(landed(Ok(())).state, State::Fine);
    let failed = |step| WhyDirect::CanaryFailed { step, status: None, message: String::new() };
    let line = landed(Err(failed(CanaryStep::Fetch)));
    assert_eq!(line.state, State::Missing);
    mends(&line, "allowed_ports = [80, 443, 8080]");
    mends(&landed(Err(failed(CanaryStep::Compare))), "image_import_plugins = []");
    let unsent = landed(Err(WhyDirect::NoImportMethod));
    assert!(unsent.state == State::Unlooked && unsent.mends.is_empty(), "{unsent:?}");
    assert_eq!(landed(Err(WhyDirect::NoTempUrl)).state, State::Missing);
    assert_eq!(landed(Err(WhyDirect::ReadOnly)).state, State::Unlooked);
    assert_eq!(trial(&Trial::Flying, None), None);
    assert_eq!(trial(&Trial::Unasked, None).unwrap().state, State::Unlooked);
}

#[test]
fn the_page_itself_needs_https() {
    assert_eq!(page(&here()).first().map(|line| line.state), Some(State::Fine));
    let bare = Here { secure: false, ..here() };
    assert_eq!(page(&bare).first().map(|line| line.state), Some(State::Wrong));
}

#[test]
fn version_documents_have_four_forms() {
    let ids = |text: &str| versions(text.as_bytes()).into_iter().map(|v| v.id).collect::<Vec<_>>();
    assert_eq!(ids(r#"{"versions": {"values": [{"id": "v3.14"}]}}"#), ["v3.14"]);
    assert_eq!(ids(r#"{"versions": [{"id": "v2.15"}, {"id": "v2.13"}]}"#), ["v2.15", "v2.13"]);
    let one = versions(br#"{"version": {"id": "v2.1", "version": "2.96"}}"#);
    assert_eq!(one.first().and_then(|v| v.newest), Some(Microversion::new(2, 96)));
    assert!(ids("<html>").is_empty());
    assert!(is_page(b" \n<!doctype html>") && !is_page(b"{}") && !is_page(b""));
    assert!(is_loopback("http://[::1]:80/") && !is_loopback("http://127.0.0.1.example/"));
}

#[test]
fn the_sum_counts_by_verdict() {
    let lines = service(&glance(Reply::Hidden), &here());
    assert_eq!(Sum::of(&lines), Sum { wrong: 1, missing: 0, unlooked: 1 });
}
