//! What a page of another origin may ask of the object store, and which answers it may read.

use crate::support::objects::{Objects, PAGE, seen};
use crate::support::{Answer, Cloud};
use devcloud::faults::{Action, Rule};
use devcloud::options::ObjectCors;
use devcloud::service::Service;
use serde_json::json;

async fn preflight(demo: &Objects<'_>, path: &str, method: &str) -> Answer {
    let headers = [
        ("access-control-request-method", method),
        ("access-control-request-headers", "etag,x-auth-token"),
    ];
    demo.nobody().with("OPTIONS", path, &headers).await
}

#[tokio::test]
async fn without_a_word_from_the_operator_only_a_container_lets_anybody_in() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    preflight(&demo, "/c", "PUT").await.expect(401);
    let made = demo.send("PUT", "/c").await.expect(201);
    assert!(!seen(&made));
    preflight(&demo, "/c/o", "PUT").await.expect(401);
    let allow = [
        ("x-container-meta-access-control-allow-origin", PAGE),
        ("x-container-meta-access-control-max-age", "86400"),
    ];
    demo.with("POST", "/c", &allow).await.expect(204);
    let allowed = preflight(&demo, "/c/o", "PUT").await.expect(200);
    assert!(seen(&allowed));
    for (name, value) in [
        ("access-control-allow-headers", "etag, x-auth-token"),
        ("access-control-allow-methods", "DELETE, PUT, GET, OPTIONS, HEAD, POST"),
        ("access-control-max-age", "86400"),
        ("vary", "Origin, Access-Control-Request-Headers"),
    ] {
        assert_eq!(allowed.header(name), value, "{name}");
    }
    preflight(&demo, "/c/o", "PATCH").await.expect(401);
    preflight(&demo, "/d/o", "PUT").await.expect(401);
    // The account has no CORS at all: 200, and not a word.
    let account = preflight(&demo, "", "POST").await.expect(200);
    assert!(!seen(&account));
    assert!(!seen(&demo.send("GET", "").await));
    let put = demo.with("PUT", "/c/o", &[("x-object-meta-a", "b")]).await.expect(201);
    assert!(seen(&put));
    let got = demo.send("GET", "/c/o").await;
    let exposed = got.header("access-control-expose-headers").split(", ").collect::<Vec<_>>();
    for name in [
        "etag",
        "x-timestamp",
        "x-trans-id",
        "x-openstack-request-id",
        "x-object-meta-a",
        "last-modified",
    ] {
        assert!(exposed.contains(&name), "{name} in {exposed:?}");
    }
    for name in
        ["retry-after", "date", "x-static-large-object", "x-delete-at", "x-container-bytes-used"]
    {
        assert!(!exposed.contains(&name), "{name} in {exposed:?}");
    }
    let path = format!("{}/c/o", demo.root);
    let other = cloud.request("GET", &path, &demo.token).header("origin", "http://evil.example");
    let other = Answer::of(other.send().await.unwrap()).await.expect(200);
    assert!(!seen(&other));
}

#[tokio::test]
async fn the_operators_origin_reaches_what_is_not_there_yet() {
    let check = async |change: fn(&mut devcloud::Options), allowed: bool| {
        let cloud = Cloud::with(change).await;
        let demo = Objects::of(&cloud, "demo").await;
        let status = if allowed { 200 } else { 401 };
        assert_eq!(seen(&preflight(&demo, "/new/o", "PUT").await.expect(status)), allowed);
        assert_eq!(seen(&demo.send("PUT", "/new").await.expect(201)), allowed);
    };
    check(|options| options.object_cors = ObjectCors::Only(PAGE.into()), true).await;
    check(|options| options.cors_origin = Some(PAGE.into()), true).await;
    check(
        |options| {
            options.cors_origin = Some(PAGE.into());
            options.object_cors = ObjectCors::Nobody;
        },
        false,
    )
    .await;
}

#[tokio::test]
async fn what_a_middleware_says_is_hidden_and_what_the_proxy_says_is_not() {
    let cloud = Cloud::with(|options| {
        options.object_cors = ObjectCors::Only(PAGE.into());
        options.object_account_quota = Some(10_000);
    })
    .await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.with("PUT", "/c", &[("x-container-meta-quota-bytes", "10")]).await.expect(201);
    demo.send("PUT", "/d").await.expect(201);
    demo.put("/c/o", "x").await.expect(201);
    let one = json!([{"path": "/c/o"}]);
    let wrong = json!([{"path": "/c/o", "size_bytes": 9}]);
    for (what, answer, status, visible) in [
        ("a container's quota", demo.put("/c/p", vec![0; 11]).await, 413, false),
        ("the account's quota", demo.put("/d/p", vec![0; 10_001]).await, 413, true),
        (
            "container quota of no sense",
            demo.with("POST", "/c", &[("x-container-meta-quota-count", "x")]).await,
            400,
            false,
        ),
        (
            "bad TempURL",
            demo.nobody().send("GET", "/c/o?temp_url_sig=x&temp_url_expires=1").await,
            401,
            false,
        ),
        ("no token", demo.nobody().send("GET", "/c/o").await, 401, true),
        ("MD5", demo.with("PUT", "/c/p", &[("etag", "00")]).await, 422, true),
        ("missing", demo.send("GET", "/c/none").await, 404, true),
    ] {
        assert_eq!((answer.status, seen(&answer)), (status, visible), "{what}");
    }
    demo.with("POST", "/c", &[("x-remove-container-meta-quota-bytes", "x")]).await.expect(204);
    let past = demo.request("PUT", "/c/m?multipart-manifest=put").header("x-delete-at", "1000");
    let past = Answer::of(past.json(&one).send().await.unwrap()).await;
    for (what, answer, status, visible) in [
        ("manifest", demo.manifest("/c/m", one.clone()).await, 201, true),
        ("bad manifest", demo.manifest("/c/m", wrong).await, 400, false),
        ("manifest with an end that is past", past, 400, true),
        ("manifest without a token", demo.nobody().manifest("/c/m", one.clone()).await, 400, false),
        (
            "deleting with segments",
            demo.send("DELETE", "/c/m?multipart-manifest=delete").await,
            200,
            false,
        ),
        ("bulk", demo.with("POST", "/c?bulk-delete", &[]).await, 200, false),
    ] {
        assert_eq!((answer.status, seen(&answer)), (status, visible), "{what}");
    }
    let action = Action::Status { status: 400, message: String::new(), headers: [].into() };
    let manifests =
        Rule::new(Service::Object, "PUT", "**", action).with_query("multipart-manifest=put");
    cloud.devcloud.faults().add(manifests.clone());
    demo.put("/c/o", "x").await.expect(201);
    assert!(!seen(&demo.manifest("/c/m", one).await.expect(400)));
    cloud.devcloud.faults().end(&manifests);
    // The fault plan keeps to it, and a preflight is no request that counts.
    for (status, visible) in [
        (401, true),
        (408, true),
        (413, false),
        (422, true),
        (429, false),
        (498, false),
        (503, true),
    ] {
        let headers = [(String::from("Retry-After"), String::from("7"))].into();
        let action = Action::Status { status, message: String::new(), headers };
        let rule = Rule { method: None, ..Rule::new(Service::Object, "", "/v1/*/c/**", action) };
        cloud.devcloud.faults().add(rule.from_nth(2).times(1));
        preflight(&demo, "/c/o", "PUT").await.expect(200);
        demo.put("/c/o", "x").await.expect(201);
        let answer = demo.put("/c/o", "x").await.expect(status);
        assert_eq!((seen(&answer), answer.header("retry-after")), (visible, "7"), "{status}");
        cloud.devcloud.faults().clear();
    }
}
