//! Token renewal, repetition, pagination, endpoints: what the client does around a call.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod support;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use openstack::image::{self, Filter, Tab};
use openstack::{Client, ErrorKind, ImageId, Response, Service, TransportError, compute, network};
use serde_json::json as value;
use support::{Fake, client, header, json, poll_once, run, sample, session, status};

/// A client whose transport refuses the token "old", and how often the app was told.
fn with_expired_token() -> (Client<Arc<Fake>>, Arc<Fake>, Arc<AtomicUsize>) {
    let fake = Fake::new(|request, _| match header(request, "X-Auth-Token") {
        Some("new") => Ok(sample("client/list-public")),
        _ => Ok(sample("glance/no-token")),
    });
    let told = Arc::new(AtomicUsize::new(0));
    let session = session("old");
    let endpoints = session.catalog.endpoints(None, &BTreeMap::new(), "p");
    let counter = Arc::clone(&told);
    let client = Client::new(Arc::clone(&fake), endpoints, session, move || {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    (client, fake, told)
}

#[test]
fn calls_refused_together_share_one_renewal() {
    let (client, fake, told) = with_expired_token();
    let filter = Filter::default();
    let mut first = pin!(image::list_all(&client, &filter));
    let mut second = pin!(image::list_all(&client, &filter));
    assert!(poll_once(&mut first).is_pending());
    assert!(poll_once(&mut second).is_pending());
    assert_eq!(told.load(Ordering::SeqCst), 1, "one dialog");
    assert!(client.is_expired());
    // The second never went out: the token was known to be refused.
    assert_eq!(fake.urls().len(), 1);

    client.renew(session("new"));
    for call in [&mut first, &mut second] {
        match poll_once(call) {
            Poll::Ready(Ok(listing)) => assert_eq!(listing.items.len(), 4),
            other => panic!("not gone on: {other:?}"),
        }
    }
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

#[test]
fn a_dropped_call_does_not_leave_others_waiting() {
    let (client, _, told) = with_expired_token();
    let filter = Filter::default();
    {
        let mut dropped = pin!(image::list_all(&client, &filter));
        assert!(poll_once(&mut dropped).is_pending());
    }
    let mut second = pin!(image::list_all(&client, &filter));
    assert!(poll_once(&mut second).is_pending());
    client.renew(session("new"));
    assert!(poll_once(&mut second).is_ready());
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

#[test]
fn waiting_calls_are_woken() {
    use std::task::{Context, Wake, Waker};
    struct Woken(AtomicUsize);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (client, _, _) = with_expired_token();
    let woken = Arc::new(Woken(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&woken));
    let filter = Filter::default();
    let mut call = pin!(image::list_all(&client, &filter));
    assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    client.renew(session("new"));
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
}

#[test]
fn a_renewed_token_that_is_refused_as_well_is_an_error() {
    let (client, _, told) = with_expired_token();
    let filter = Filter::default();
    let mut call = pin!(image::list_all(&client, &filter));
    assert!(poll_once(&mut call).is_pending());
    client.renew(session("old"));
    match poll_once(&mut call) {
        Poll::Ready(Err(error)) => assert_eq!(error.kind, ErrorKind::Unauthorized),
        other => panic!("{other:?}"),
    }
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

#[test]
fn signing_out_ends_waiting_calls() {
    let (client, _, _) = with_expired_token();
    let filter = Filter::default();
    let mut call = pin!(image::list_all(&client, &filter));
    assert!(poll_once(&mut call).is_pending());
    client.end();
    match poll_once(&mut call) {
        Poll::Ready(Err(error)) => assert_eq!(error.kind, ErrorKind::SignedOut),
        other => panic!("{other:?}"),
    }
    client.renew(session("new"));
    assert!(run(client.token()).is_err(), "ended is ended");
}

#[test]
fn the_uploads_own_request_waits_for_the_same_renewal() {
    let (client, _, told) = with_expired_token();
    let (token, generation) = run(client.token()).unwrap();
    assert_eq!(token.reveal(), "old");
    let mut next = pin!(client.token_after(generation));
    assert!(poll_once(&mut next).is_pending());
    assert_eq!(told.load(Ordering::SeqCst), 1);
    client.renew(session("new"));
    match poll_once(&mut next) {
        Poll::Ready(Ok((token, _))) => assert_eq!(token.reveal(), "new"),
        other => panic!("{other:?}"),
    }
    // A late report of the old token opens no second dialog.
    let (token, _) = run(client.token_after(generation)).unwrap();
    assert_eq!((token.reveal(), told.load(Ordering::SeqCst)), ("new", 1));
}

/// Answers in order; how many requests and which delays that takes, and what comes of it.
fn check_retry(
    answers: Vec<Result<Response, TransportError>>,
    delays_ms: &[u64],
    expected: Result<(), ErrorKind>,
) {
    let wanted = delays_ms.len() + 1;
    let fake = Fake::new(move |_, nth| answers[nth].clone());
    let client = client(Arc::clone(&fake));
    let found =
        run(image::show(&client, &ImageId::from("x"))).map(drop).map_err(|error| error.kind);
    assert_eq!(found, expected);
    assert_eq!(fake.urls().len(), wanted);
    let slept: Vec<u64> =
        fake.slept.lock().unwrap().iter().map(|delay| delay.as_millis() as u64).collect();
    assert_eq!(slept, delays_ms);
}

fn unreachable() -> Result<Response, TransportError> {
    Err(TransportError::Unreachable("Failed to fetch".into()))
}

fn after(seconds: &str) -> Result<Response, TransportError> {
    Ok(Response {
        status: 503,
        headers: vec![("Retry-After".into(), seconds.into())],
        body: vec![],
    })
}

#[test]
fn reads_are_repeated_a_little() {
    let good = || Ok(sample("glance/active"));
    check_retry(vec![good()], &[], Ok(()));
    check_retry(vec![unreachable(), good()], &[450], Ok(()));
    check_retry(vec![Ok(status(503)), Ok(status(502)), good()], &[450, 900], Ok(()));
    check_retry(
        vec![Ok(status(500)), Ok(status(500)), Ok(status(500))],
        &[450, 900],
        Err(ErrorKind::Server),
    );
    check_retry(vec![after("2"), good()], &[2000], Ok(()));
    check_retry(vec![after("60")], &[], Err(ErrorKind::Server));
    check_retry(vec![after("Wed, 21 Oct 2026 07:28:00 GMT"), good()], &[450], Ok(()));
    check_retry(vec![Ok(status(404))], &[], Err(ErrorKind::NotFound));
    check_retry(vec![Err(TransportError::Aborted)], &[], Err(ErrorKind::Aborted));
}

#[test]
fn changes_are_repeated_only_when_the_cloud_did_nothing() {
    let fake = Fake::new(|_, _| unreachable());
    let call = client(Arc::clone(&fake));
    let error = run(image::delete(&call, &ImageId::from("x"))).unwrap_err();
    assert_eq!((error.kind, fake.urls().len()), (ErrorKind::Unreachable, 1));
    let fake = Fake::new(|_, nth| Ok(status(if nth == 0 { 429 } else { 204 })));
    run(image::delete(&client(Arc::clone(&fake)), &ImageId::from("x"))).unwrap();
    assert_eq!(fake.urls().len(), 2);
}

#[test]
fn following_pages_keeps_our_own_parameters() {
    // As Glance does it: relative, and with only the last of two tags.
    let fake = Fake::new(|request, nth| {
        assert_eq!(request.url.matches("tag=").count(), 2, "{}", request.url);
        Ok(match nth {
            0 => json(value!({"images": [{"id": "a"}], "next": "/v2/images?tag=lab&marker=a"})),
            1 => json(value!({"images": [{"id": "b"}], "next": "/v2/images?tag=lab&marker=b"})),
            _ => json(value!({"images": []})),
        })
    });
    let filter = Filter { tags: vec!["lts".into(), "lab".into()], ..Filter::default() };
    let listing = run(image::list_all(&client(Arc::clone(&fake)), &filter)).unwrap();
    assert_eq!(listing.items.iter().map(|image| image.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let base = "http://127.0.0.1:9292/v2/images?limit=1000&tag=lts&tag=lab";
    assert_eq!(
        fake.urls(),
        [base.to_owned(), format!("{base}&marker=a"), format!("{base}&marker=b")]
    );
}

#[test]
fn pages_of_nova_and_neutron() {
    let fake = Fake::new(|request, _| {
        Ok(if request.url.ends_with("/v2.1/") {
            sample("nova/version")
        } else if request.url.contains("marker=1a9c91f6-0000-4000-8000-000000000002") {
            json(value!({"flavors": []}))
        } else {
            sample("nova/flavors-page")
        })
    });
    assert_eq!(run(compute::flavors(&client(fake))).unwrap().items.len(), 2);
    let fake = Fake::new(|request, _| {
        Ok(if request.url.contains("marker=38c9707a-0000-4000-8000-000000000002") {
            json(
                value!({"networks": [], "networks_links": [{"rel": "previous", "href": "http://x/?marker=y"}]}),
            )
        } else {
            sample("neutron/networks-page")
        })
    });
    assert_eq!(run(network::networks(&client(fake))).unwrap().items.len(), 1);
}

#[test]
fn cinder_names_its_links_after_one_row() {
    let fake = Fake::new(|request, _| {
        Ok(if request.url.contains("marker=t1") {
            json(value!({"volume_types": [{"id": "t2", "name": "b"}]}))
        } else {
            let link = "http://c/v3/types?limit=1&marker=t1";
            json(
                value!({"volume_types": [{"id": "t1", "name": "a"}], "volume_type_links": [{"rel": "next", "href": link}]}),
            )
        })
    });
    assert_eq!(run(openstack::volume::types(&client(fake))).unwrap().items.len(), 2);
}

#[test]
fn a_list_that_repeats_its_marker_ends() {
    let fake = Fake::new(|_, _| {
        Ok(json(value!({"images": [{"id": "a"}], "next": "/v2/images?marker=a"})))
    });
    let listing = run(image::list_all(&client(Arc::clone(&fake)), &Filter::default())).unwrap();
    assert_eq!((listing.items.len(), fake.urls().len()), (2, 2));
}

#[test]
fn an_odd_row_costs_only_itself() {
    let fake = Fake::new(|_, _| {
        Ok(json(value!({"images": [
            {"id": "good", "status": "hibernating", "size": "many", "tags": null, "min_disk": -1, "new_field": {"a": 1}},
            {"name": "no id"}, 7, null, {"id": 5},
        ]})))
    });
    let listing = run(image::list_all(&client(fake), &Filter::default())).unwrap();
    assert_eq!(listing.items.len(), 1);
    assert_eq!(listing.skipped.len(), 4, "{:?}", listing.skipped);
    assert!(listing.skipped[0].starts_with("no id: missing field `id`"), "{:?}", listing.skipped);
    let image = &listing.items[0];
    assert_eq!(image.status, image::ImageStatus::Other("hibernating".into()));
    assert_eq!((image.size_bytes, image.min_disk_gib), (None, 0));
    assert_eq!(image.property("new_field"), Some(r#"{"a":1}"#));
}

#[test]
fn an_answer_that_is_no_list_is_an_error() {
    for body in [value!({"pictures": []}), value!([]), value!({"images": {}})] {
        let fake = Fake::new(move |_, _| Ok(json(body.clone())));
        let error = run(image::list_all(&client(fake), &Filter::default())).unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Decode, Some(200)));
    }
}

/// The oldest and newest compute version that a cloud says it has, and the newest that is made use of.
fn check_version(oldest: &'static str, newest: &'static str, expected: Result<&str, ErrorKind>) {
    let fake = Fake::new(move |request, _| {
        Ok(if request.url.ends_with("/v2.1/") {
            json(value!({"version": {"version": newest, "min_version": oldest}}))
        } else {
            sample("nova/limits-2.57")
        })
    });
    let client = client(Arc::clone(&fake));
    let found = run(client.compute_version());
    assert_eq!(
        found.map(|version| version.to_string()).map_err(|error| error.kind),
        expected.map(str::to_owned)
    );
    let Ok(_) = expected else { return };
    run(compute::limits(&client)).unwrap();
    assert_eq!(fake.urls().iter().filter(|url| url.ends_with("/v2.1/")).count(), 1, "asked once");
    // Limits are as old as the API, so they are asked for in the first version that there is.
    let first = if oldest.is_empty() { "2.1" } else { oldest };
    assert_eq!(
        header(&fake.last(), "OpenStack-API-Version"),
        Some(format!("compute {first}").as_str())
    );
}

#[test]
fn microversions() {
    check_version("2.1", "2.104", Ok("2.96"));
    check_version("2.1", "2.96", Ok("2.96"));
    check_version("2.1", "2.53", Ok("2.53"));
    check_version("2.60", "2.104", Ok("2.96"));
    check_version("", "", Ok("2.1"));
    check_version("2.97", "2.120", Err(ErrorKind::Unsupported));
}

/// What a call is sent in, in a cloud that speaks these versions; an error where there is none.
fn check_call<A>(
    versions: (&'static str, &'static str),
    call: impl AsyncFn(&openstack::Client<Arc<Fake>>) -> Result<A, openstack::ApiError>,
    expected: Result<&str, ErrorKind>,
) {
    let fake = Fake::new(move |request, _| {
        Ok(if request.url.ends_with("/v2.1/") {
            let (oldest, newest) = versions;
            json(value!({"version": {"version": newest, "min_version": oldest}}))
        } else {
            json(value!({
                "servers": [], "flavors": [], "keypairs": [], "volumeAttachments": [], "instanceActions": [],
                "server_groups": [], "availabilityZoneInfo": [], "server": {"id": "s"}, "image_id": "i",
                "keypair": {"name": "k", "private_key": "PRIVATE"}, "server_group": {"id": "g"},
                "instanceAction": {"events": []}, "remote_console": {"url": "https://console/"},
            }))
        })
    });
    let outcome = run(call(&client(Arc::clone(&fake)))).map(drop).map_err(|error| error.kind);
    assert_eq!(outcome, expected.map(drop));
    if let Ok(version) = expected {
        let sent = fake.last();
        let said = format!("compute {version}");
        assert_eq!(header(&sent, "OpenStack-API-Version"), Some(said.as_str()), "{}", sent.url);
    }
}

/// Every call asks for the version that it makes use of, and in no cloud for one that the cloud has not.
#[test]
fn each_call_asks_for_what_it_makes_use_of() {
    type C = openstack::Client<Arc<Fake>>;
    const NEWEST: (&str, &str) = ("2.1", "2.104");
    const CARACAL: (&str, &str) = ("2.1", "2.96");
    const OLD: (&str, &str) = ("2.1", "2.60");
    let id = openstack::ServerId::from("s");
    for cloud in [NEWEST, CARACAL] {
        check_call(cloud, async |c: &C| compute::flavors(c).await, Ok("2.61"));
        let all = compute::ServerFilter::default();
        check_call(cloud, async |c: &C| compute::list(c, &all).await, Ok("2.90"));
        check_call(cloud, async |c: &C| compute::volume_attachments(c, &id).await, Ok("2.79"));
        check_call(cloud, async |c: &C| compute::keypairs(c).await, Ok("2.35"));
        check_call(cloud, async |c: &C| compute::import_keypair(c, "k", "key").await, Ok("2.92"));
        check_call(cloud, async |c: &C| compute::generate_keypair(c, "k").await, Ok("2.2"));
        check_call(cloud, async |c: &C| compute::delete_keypair(c, "k").await, Ok("2.1"));
        check_call(cloud, async |c: &C| compute::zones(c).await, Ok("2.1"));
        check_call(cloud, async |c: &C| compute::server_groups(c).await, Ok("2.64"));
        check_call(cloud, async |c: &C| compute::actions(c, &id).await, Ok("2.58"));
        check_call(cloud, async |c: &C| compute::action_steps(c, &id, "r").await, Ok("2.84"));
        check_call(cloud, async |c: &C| compute::stop(c, &id).await, Ok("2.1"));
        check_call(cloud, async |c: &C| compute::rescue(c, &id, None).await, Ok("2.87"));
        check_call(cloud, async |c: &C| compute::console_url(c, &id).await, Ok("2.6"));
        let none = BTreeMap::new();
        let image = async |c: &C| compute::create_image(c, &id, "i", &none).await;
        check_call(cloud, image, Ok("2.45"));
        let volume = openstack::VolumeId::from("v");
        let fate = async |c: &C| compute::set_volume_fate(c, &id, &volume, true).await;
        check_call(cloud, fate, Ok("2.85"));
        check_call(cloud, async |c: &C| compute::delete(c, &id).await, Ok("2.1"));
    }
    let all = compute::ServerFilter::default();
    check_call(OLD, async |c: &C| compute::list(c, &all).await, Ok("2.60"));
    check_call(OLD, async |c: &C| compute::rescue(c, &id, None).await, Ok("2.60"));
    check_call(OLD, async |c: &C| compute::stop(c, &id).await, Ok("2.1"));
    // What newer clouds have dropped is not asked of those that begin after it.
    let beyond = ("2.95", "2.104");
    check_call(beyond, async |c: &C| compute::stop(c, &id).await, Ok("2.95"));
    let generate = async |c: &C| compute::generate_keypair(c, "k").await;
    check_call(beyond, generate, Err(ErrorKind::Unsupported));
}

/// What a launch is sent in: no newer than its words.
#[test]
fn a_launch_asks_for_what_its_words_need() {
    let boot = || compute::BootFrom::LocalDisk { image: "i".into() };
    let on = |networks| compute::CreateServer::new("web", "f".into(), boot(), networks);
    let these = || on(compute::Networks::These(vec!["n".into()]));
    let named = |name: &str| compute::CreateServer { hostname: Some(name.to_owned()), ..these() };
    for (server, cloud, expected) in [
        (these(), ("2.1", "2.104"), Ok("2.19")),
        (these(), ("2.1", "2.1"), Ok("2.1")),
        (on(compute::Networks::Auto), ("2.1", "2.96"), Ok("2.37")),
        (on(compute::Networks::None), ("2.1", "2.30"), Err(ErrorKind::Unsupported)),
        (named("web"), ("2.1", "2.96"), Ok("2.90")),
        (named("web.example.org"), ("2.1", "2.96"), Ok("2.94")),
        (named("web.example.org"), ("2.1", "2.93"), Err(ErrorKind::Unsupported)),
    ] {
        check_call(cloud, async |c| compute::create(c, &server).await, expected);
    }
}

#[test]
fn keys_are_generated_at_a_version_that_can() {
    let fake = Fake::new(|request, _| {
        Ok(if request.url.ends_with("/v2.1/") {
            sample("nova/version")
        } else {
            json(
                value!({"keypair": {"name": "k", "public_key": "ssh-rsa A", "private_key": "PRIVATE"}}),
            )
        })
    });
    let made = run(compute::generate_keypair(&client(Arc::clone(&fake)), "k")).unwrap();
    assert_eq!(made.private_key.reveal(), "PRIVATE");
    assert!(!format!("{made:?}").contains("PRIVATE"));
    assert_eq!(header(&fake.last(), "OpenStack-API-Version"), Some("compute 2.2"));
}

/// A catalog's or a gateway's URL of a service, and the base we use.
fn check_base(service: Service, url: &str, expected: &str) {
    let overrides = BTreeMap::from([(service, url.to_owned())]);
    let endpoints = session("t").catalog.endpoints(None, &overrides, "PROJECT");
    assert_eq!(endpoints.base(service), Some(expected));
}

#[test]
fn endpoints() {
    check_base(Service::Image, "http://c:9292", "http://c:9292/v2");
    check_base(Service::Image, "http://c:9292/", "http://c:9292/v2");
    check_base(Service::Image, "/image", "/image/v2");
    check_base(
        Service::Image,
        "https://v1.cloud.example/image/v2/",
        "https://v1.cloud.example/image/v2",
    );
    check_base(Service::Network, "/networking", "/networking/v2.0");
    check_base(Service::Volume, "/volume/v3/{project_id}", "/volume/v3/PROJECT");
    check_base(Service::Compute, "https://c/compute/v2.1/abc", "https://c/compute/v2.1/abc");
    check_base(Service::ObjectStore, "https://c/v1/AUTH_{project_id}", "https://c/v1/AUTH_PROJECT");
    let recorded = session("t").catalog;
    assert_eq!(recorded.regions(), ["RegionOne"]);
    let endpoints = recorded.endpoints(Some("RegionOne"), &BTreeMap::new(), "p");
    assert_eq!(endpoints.base(Service::Volume), Some("http://127.0.0.1:8776/v3"));
    assert_eq!(endpoints.services().count(), 6);
    let elsewhere = recorded.endpoints(Some("Nowhere"), &BTreeMap::new(), "p");
    assert_eq!(elsewhere.services().count(), 0);
}

#[test]
fn a_service_that_is_not_there() {
    let session = session("t");
    let endpoints = session.catalog.endpoints(Some("Nowhere"), &BTreeMap::new(), "p");
    let client = Client::new(Fake::sample("client/list-public"), endpoints, session, || ());
    let error = run(image::list_all(&client, &Filter::default())).unwrap_err();
    assert_eq!((error.kind, error.service), (ErrorKind::NoEndpoint, Service::Image));
}

#[test]
fn secrets_are_not_shown() {
    let fake = Fake::sample("client/list-public");
    run(image::list_all(&client(Arc::clone(&fake)), &Filter::tab(Tab::Public, &"p".into())))
        .unwrap();
    assert!(!format!("{:?}", fake.last()).contains("old"));
    assert!(!format!("{:?}", session("secret-token")).contains("secret-token"));
}

#[test]
fn poll_pace() {
    use openstack::poll::{Motion, Pace};
    let seconds = Duration::from_secs;
    let mut pace = Pace::new();
    assert_eq!(pace.after_answer(Motion::Still, seconds(0)), seconds(60));
    assert_eq!(pace.after_answer(Motion::any([false, true]), seconds(10)), seconds(2));
    assert_eq!(pace.after_answer(Motion::Changing, seconds(69)), seconds(2));
    assert_eq!(pace.after_answer(Motion::Changing, seconds(130)), seconds(4));
    assert_eq!(pace.after_answer(Motion::Changing, seconds(3600)), seconds(10));
    assert_eq!(pace.after_answer(Motion::Still, seconds(3610)), seconds(60));
    assert_eq!(pace.after_answer(Motion::Changing, seconds(3620)), seconds(2));
    let failures: Vec<u64> = (0..7).map(|_| pace.after_failure(None).as_secs()).collect();
    assert_eq!(failures, [2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(pace.after_failure(Some(seconds(90))), seconds(90));
    pace.restart();
    assert_eq!(pace.after_failure(None), seconds(2));
}
