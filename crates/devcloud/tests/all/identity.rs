//! Signing in and out, by every road, and what a token is worth afterwards.

use std::time::Duration;

use crate::support::{Answer, Cloud, password_auth};
use devcloud::well_known::{PROJECT_DEMO, PROJECT_OTHER, USER_DEMO, USER_OTHER};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

/// Whether a sample token opens anything.
async fn opens(cloud: &Cloud, token: &str) -> bool {
    cloud.get("/identity/v3/auth/projects", token).await.status == 200
}

/// The one-time code of the user `totp` at a time: RFC 6238 by hand, apart from devcloud's own.
fn code(second: i64) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = devcloud::TOTP_SECRET
        .bytes()
        .map(|c| format!("{:05b}", alphabet.iter().position(|a| *a == c).unwrap()))
        .collect();
    let secret: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&secret).unwrap();
    mac.update(&(second / 30).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn totp_part(code: &str) -> Value {
    json!({"user": {"name": "totp", "domain": {"name": "Default"}, "passcode": code}})
}

fn totp_request(methods: &[&str], code: &str) -> Value {
    let mut body = password_auth("totp", Some(json!({"project": {"id": PROJECT_DEMO}})));
    body["auth"]["identity"]["methods"] = json!(methods);
    body["auth"]["identity"]["totp"] = totp_part(code);
    body
}

#[tokio::test]
async fn a_one_time_code_in_the_same_request() {
    let cloud = Cloud::start().await;
    let now = cloud.devcloud.clock().now().as_second();
    let answer =
        cloud.authenticate(totp_request(&["password", "totp"], &code(now))).await.expect(201);
    assert_eq!(answer.body["token"]["methods"], json!(["password", "totp"]));
    let wrong = if code(now) == "000000" { "000001" } else { "000000" };
    cloud.authenticate(totp_request(&["password", "totp"], wrong)).await.expect(401);
    cloud.authenticate(totp_request(&["password", "totp"], &code(now - 90))).await.expect(401);
}

#[tokio::test]
async fn a_one_time_code_in_a_second_step_with_the_receipt() {
    let cloud = Cloud::start().await;
    let scope = json!({"project": {"id": PROJECT_DEMO}});
    let first = cloud.authenticate(password_auth("totp", Some(scope.clone()))).await.expect(401);
    let receipt = first.header("openstack-auth-receipt").to_owned();
    assert!(!receipt.is_empty(), "{first:?}");
    assert_eq!(first.body["required_auth_methods"], json!([["password", "totp"]]));
    assert_eq!(first.body["receipt"]["methods"], json!(["password"]));
    assert_eq!(first.body["receipt"]["user"]["name"], "totp");

    let now = cloud.devcloud.clock().now().as_second();
    let second = json!({"auth": {"identity": {"methods": ["totp"], "totp": totp_part(&code(now))}, "scope": scope}});
    let send = async |receipt: &str, body: &Value| {
        let request = cloud
            .http
            .post(cloud.url("/identity/v3/auth/tokens"))
            .header("openstack-auth-receipt", receipt);
        Answer::of(request.json(body).send().await.unwrap()).await
    };
    send("made-up", &second).await.expect(401);
    let answer = send(&receipt, &second).await.expect(201);
    assert!(opens(&cloud, answer.header("x-subject-token")).await);

    // 300 seconds later the receipt is nothing any more, though the code is a fresh one.
    cloud.devcloud.clock().shift(Duration::from_secs(301));
    let now = cloud.devcloud.clock().now().as_second();
    let late = json!({"auth": {"identity": {"methods": ["totp"], "totp": totp_part(&code(now))}, "scope": scope}});
    send(&receipt, &late).await.expect(401);
}

#[tokio::test]
async fn a_code_alone_is_not_enough_either() {
    let cloud = Cloud::start().await;
    let now = cloud.devcloud.clock().now().as_second();
    let answer = cloud.authenticate(totp_request(&["totp"], &code(now))).await.expect(401);
    assert!(!answer.header("openstack-auth-receipt").is_empty(), "it hands a receipt for the rest");
}

#[tokio::test]
async fn a_token_ends_with_its_life_and_a_rescoped_one_with_it() {
    let cloud = Cloud::with(|options| options.token_life = Duration::from_secs(60)).await;
    let first = cloud.authenticate(password_auth("demo", None)).await.expect(201);
    let token = first.header("x-subject-token").to_owned();
    cloud.devcloud.clock().shift(Duration::from_secs(40));
    let rescope = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": token}},
        "scope": {"project": {"id": PROJECT_DEMO}}}});
    let scoped = cloud.authenticate(rescope).await.expect(201);
    assert_eq!(scoped.body["token"]["expires_at"], first.body["token"]["expires_at"]);
    let scoped = scoped.header("x-subject-token");
    assert!(opens(&cloud, scoped).await);
    cloud.devcloud.clock().shift(Duration::from_secs(21));
    assert!(!opens(&cloud, scoped).await);
    assert!(!opens(&cloud, &token).await);
}

#[tokio::test]
async fn signing_out_ends_one_token_and_no_other() {
    let cloud = Cloud::start().await;
    let (mine, other) = (cloud.sign_in("demo", "demo").await, cloud.sign_in("demo", "demo").await);
    let revoke =
        cloud.request("DELETE", "/identity/v3/auth/tokens", &mine).header("x-subject-token", &mine);
    assert_eq!(revoke.send().await.unwrap().status(), 204);
    assert!(!opens(&cloud, &mine).await);
    assert!(opens(&cloud, &other).await);
    for service in [
        "/image/v2/images",
        "/compute/v2.1/servers",
        "/networking/v2.0/networks",
        "/volume/v3/volumes",
    ] {
        cloud.get(service, &mine).await.expect(401);
    }
}

#[tokio::test]
async fn nobody_looks_at_or_ends_the_token_of_another() {
    let cloud = Cloud::start().await;
    let (mine, theirs) =
        (cloud.sign_in("demo", "demo").await, cloud.sign_in("other", "other").await);
    for method in ["GET", "DELETE"] {
        let request = cloud
            .request(method, "/identity/v3/auth/tokens", &mine)
            .header("x-subject-token", &theirs);
        assert_eq!(request.send().await.unwrap().status(), 403, "{method}");
    }
    assert!(opens(&cloud, &theirs).await);
}

#[tokio::test]
async fn nobody_reads_the_records_of_another() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let theirs = cloud.sign_in("other", "other").await;
    let credentials = format!("/identity/v3/users/{USER_OTHER}/application_credentials");
    let body = json!({"application_credential": {"name": "robot"}});
    let made = cloud.post(&credentials, &theirs, body.clone()).await.expect(201);
    let one = format!("{credentials}/{}", made.text("/application_credential/id"));
    for path in [
        format!("/identity/v3/users/{USER_OTHER}"),
        format!("/identity/v3/users/{USER_OTHER}/projects"),
        format!("/identity/v3/projects/{PROJECT_OTHER}"),
        credentials.clone(),
        one.clone(),
    ] {
        cloud.get(&path, &token).await.expect(403);
    }
    cloud.post(&credentials, &token, body).await.expect(403);
    cloud.delete(&one, &token).await.expect(403);
    // Through one's own path a foreign credential is not there at all.
    let through = format!(
        "/identity/v3/users/{USER_DEMO}/application_credentials/{}",
        made.text("/application_credential/id")
    );
    cloud.get(&through, &token).await.expect(404);
    cloud.delete(&through, &token).await.expect(404);
}

#[tokio::test]
async fn who_has_which_roles_where() {
    let cloud = Cloud::start().await;
    for (user, project, roles) in [
        ("demo", "demo", json!(["reader", "member"])),
        ("demo", "other", json!(["reader", "member"])),
        ("other", "other", json!(["reader", "member"])),
        ("viewer", "demo", json!(["reader"])),
        ("admin", "demo", json!(["reader", "member", "admin"])),
    ] {
        let scope = json!({"project": {"name": project, "domain": {"id": "default"}}});
        let answer = cloud.authenticate(password_auth(user, Some(scope))).await.expect(201);
        let names: Vec<&Value> = answer.body["token"]["roles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| &role["name"])
            .collect();
        assert_eq!(json!(names), roles, "{user} in {project}");
    }
}

#[tokio::test]
async fn the_catalogue_has_every_service_of_both_regions_on_the_callers_origin() {
    let cloud = Cloud::start().await;
    let scope = json!({"project": {"id": PROJECT_DEMO}});
    let body = password_auth("demo", Some(scope));
    let request = cloud
        .http
        .post(cloud.url("/identity/v3/auth/tokens"))
        .header("host", "cloud.example:8443")
        .header("x-forwarded-proto", "https");
    let answer = Answer::of(request.json(&body).send().await.unwrap()).await.expect(201);
    let mut found = Vec::new();
    for service in answer.body["token"]["catalog"].as_array().unwrap() {
        for endpoint in service["endpoints"].as_array().unwrap() {
            if endpoint["interface"] == "public" {
                let url = endpoint["url"]
                    .as_str()
                    .unwrap()
                    .strip_prefix("https://cloud.example:8443")
                    .unwrap();
                found.push(format!(
                    "{} {} {url}",
                    service["type"].as_str().unwrap(),
                    endpoint["region_id"].as_str().unwrap()
                ));
            }
        }
    }
    let volume = format!("/volume/v3/{PROJECT_DEMO}");
    let objects = format!("/object-store/v1/AUTH_{PROJECT_DEMO}");
    assert_eq!(
        found,
        [
            "identity dev-1 /identity/v3/".to_owned(),
            "identity dev-2 /identity/v3/".into(),
            "image dev-1 /image".into(),
            "image dev-2 /dev-2/image".into(),
            "compute dev-1 /compute/v2.1".into(),
            "compute dev-2 /dev-2/compute/v2.1".into(),
            "network dev-1 /networking".into(),
            "network dev-2 /dev-2/networking".into(),
            format!("volumev3 dev-1 {volume}"),
            format!("volumev3 dev-2 /dev-2{volume}"),
            format!("block-storage dev-1 {volume}"),
            format!("block-storage dev-2 /dev-2{volume}"),
            format!("object-store dev-1 {objects}"),
            format!("object-store dev-2 /dev-2{objects}"),
        ]
    );
}

#[tokio::test]
async fn bad_input_is_refused_and_never_an_error_of_ours() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let method = |methods: Value, part: Value| json!({"auth": {"identity": {"methods": methods, "password": part}}});
    for (body, expected) in [
        (json!([]), 400),
        (json!({"auth": []}), 400),
        (json!({"auth": {"identity": 7}}), 400),
        (method(json!("password"), json!({})), 400),
        (method(json!([]), json!({})), 401),
        (method(json!(["password"]), json!(null)), 400),
        (method(json!(["password"]), json!({"user": 1})), 400),
        (method(json!(["password"]), json!({"user": {"name": "demo", "password": "x"}})), 400),
        (method(json!(["oauth1"]), json!({})), 401),
        (json!({"auth": {"identity": {"methods": ["token"], "token": {"id": "\u{0}"}}}}), 401),
        (json!({"auth": {"identity": {"methods": ["token"], "token": {}}}}), 400),
    ] {
        let answer = cloud.authenticate(body.clone()).await;
        assert_eq!(answer.status, expected, "{body}: {answer:?}");
        assert_eq!(answer.body["error"]["code"], expected, "{body}");
    }
    let mut wrong_scope = password_auth("demo", None);
    for (scope, expected) in [
        (json!(5), 400),
        (json!({}), 400),
        (json!({"project": {}}), 400),
        (json!({"project": {"name": "demo"}}), 400),
        (json!({"domain": {"id": "default"}}), 401),
        (json!({"system": {"all": true}}), 401),
    ] {
        wrong_scope["auth"]["scope"] = scope;
        cloud.authenticate(wrong_scope.clone()).await.expect(expected);
    }
    let raw = cloud.request("POST", "/identity/v3/auth/tokens", "").body("{not json");
    assert_eq!(raw.send().await.unwrap().status(), 400);
    cloud.get("/identity/v3/nothing/here", &token).await.expect(404);
    cloud.send("PUT", "/identity/v3/auth/tokens", &token, None).await.expect(405);
    let credentials = format!("/identity/v3/users/{USER_DEMO}/application_credentials");
    for (body, expected) in [
        (json!({}), 400),
        (json!({"application_credential": {"name": ""}}), 400),
        (json!({"application_credential": {"name": "a", "roles": [{"name": "admin"}]}}), 400),
        (json!({"application_credential": {"name": "a", "roles": [{"name": "nobody"}]}}), 404),
        (
            json!({"application_credential": {"name": "a", "expires_at": "2001-01-01T00:00:00"}}),
            400,
        ),
        (json!({"application_credential": {"name": "a", "expires_at": "soon"}}), 400),
    ] {
        let answer = cloud.post(&credentials, &token, body.clone()).await;
        assert_eq!(answer.status, expected, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_credential_ends_when_it_was_said_to_and_gives_only_its_roles() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let end = cloud.devcloud.clock().now() + Duration::from_secs(600);
    let path = format!("/identity/v3/users/{USER_DEMO}/application_credentials");
    let body = json!({"application_credential": {"name": "r", "roles": [{"name": "reader"}], "expires_at": end.to_string()}});
    let made = cloud.post(&path, &token, body).await.expect(201);
    let with = json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential":
        {"id": made.text("/application_credential/id"), "secret": made.text("/application_credential/secret")}}}});
    let answer = cloud.authenticate(with.clone()).await.expect(201);
    assert_eq!(answer.body["token"]["roles"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["token"]["roles"][0]["name"], "reader");
    cloud.devcloud.clock().shift(Duration::from_secs(601));
    cloud.authenticate(with).await.expect(401);
}

#[tokio::test]
async fn no_secret_is_on_the_disk() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let path = format!("/identity/v3/users/{USER_DEMO}/application_credentials");
    let made = cloud
        .post(&path, &token, json!({"application_credential": {"name": "r"}}))
        .await
        .expect(201);
    let secret = made.text("/application_credential/secret");
    let mut looked_at = 0;
    for name in ["identity.sqlite", "identity.sqlite-wal"] {
        let bytes = std::fs::read(cloud.folder().join(name)).unwrap();
        looked_at += bytes.len();
        for needle in [token.as_str(), secret.as_str(), "demo-secret", "admin-secret"] {
            let there = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!there, "{name} holds {needle}");
        }
    }
    assert!(looked_at > 10_000);
}
