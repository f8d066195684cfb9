//! Nothing of another project's private image is seen, changed or removed, whatever road is tried; and what a reader may not do.

use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

const PATCH: &str = "application/openstack-images-v2.1-json-patch";

async fn call(
    cloud: &Cloud,
    token: &str,
    method: &str,
    path: &str,
    kind: &str,
    body: &str,
) -> Answer {
    let mut request = cloud.request(method, &format!("/image{path}"), token);
    if !kind.is_empty() {
        request = request.header("content-type", kind).body(body.to_owned());
    }
    Answer::of(request.send().await.unwrap()).await
}

async fn private_image(cloud: &Cloud, token: &str) -> String {
    let body = json!({"name": "ledger", "disk_format": "raw", "container_format": "bare", "visibility": "private",
                      "tags": ["secret-tag"], "codeword": "mistletoe"});
    let id = cloud.post("/image/v2/images", token, body).await.expect(201).text("/id");
    call(
        cloud,
        token,
        "PUT",
        &format!("/v2/images/{id}/file"),
        "application/octet-stream",
        "the books",
    )
    .await
    .expect(204);
    id
}

#[tokio::test]
async fn a_stranger_finds_no_road() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let stranger = cloud.sign_in("other", "other").await;
    let id = private_image(&cloud, &demo).await;
    let image = format!("/v2/images/{id}");
    let me = devcloud::well_known::PROJECT_OTHER;
    let patch = r#"[{"op":"replace","path":"/visibility","value":"community"}]"#;
    let (json, octets) = ("application/json", "application/octet-stream");
    for (method, path, kind, body) in [
        ("GET", image.clone(), "", ""),
        ("GET", format!("{image}/file"), "", ""),
        ("GET", format!("{image}/tasks"), "", ""),
        ("GET", format!("{image}/members"), "", ""),
        ("GET", format!("{image}/members/{me}"), "", ""),
        ("POST", format!("{image}/members"), json, &*format!(r#"{{"member":"{me}"}}"#)),
        ("PUT", format!("{image}/members/{me}"), json, r#"{"status":"accepted"}"#),
        ("DELETE", format!("{image}/members/{me}"), "", ""),
        ("PATCH", image.clone(), PATCH, patch),
        ("PUT", format!("{image}/tags/mine"), "", ""),
        ("DELETE", format!("{image}/tags/secret-tag"), "", ""),
        ("PUT", format!("{image}/file"), octets, "x"),
        ("PUT", format!("{image}/stage"), octets, "x"),
        ("POST", format!("{image}/import"), json, r#"{"method":{"name":"glance-direct"}}"#),
        ("POST", format!("{image}/actions/deactivate"), "", ""),
        ("POST", format!("{image}/actions/reactivate"), "", ""),
        ("DELETE", format!("/v2/stores/fast/{id}"), "", ""),
        ("DELETE", image.clone(), "", ""),
    ] {
        let answer = call(&cloud, &stranger, method, &path, kind, body).await;
        assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        let text = answer.body.to_string();
        assert!(
            !text.contains("ledger") && !text.contains("mistletoe"),
            "{method} {path}: {answer:?}"
        );
    }
    for query in [
        format!("id={id}"),
        "name=ledger".to_owned(),
        "tag=secret-tag".to_owned(),
        "codeword=mistletoe".to_owned(),
        format!("owner={}", devcloud::well_known::PROJECT_DEMO),
        "visibility=private".to_owned(),
        "visibility=all&member_status=all&limit=1000".to_owned(),
    ] {
        let list = call(&cloud, &stranger, "GET", &format!("/v2/images?{query}"), "", "")
            .await
            .expect(200);
        assert!(!list.body["images"].to_string().contains(&id), "{query}");
    }
    let marker = call(&cloud, &stranger, "GET", &format!("/v2/images?marker={id}"), "", "").await;
    assert_eq!(marker.status, 400);
    // An id tells nobody that it is taken by a private image in another way than by 409, as in the recorded cloud.
    let body = json!({"id": id, "name": "mine"});
    cloud.post("/image/v2/images", &stranger, body).await.expect(409);
    let still = call(&cloud, &demo, "GET", &image, "", "").await.expect(200);
    assert_eq!(
        (&still.body["status"], &still.body["visibility"]),
        (&json!("active"), &json!("private"))
    );
    // Regions share people, not images.
    let elsewhere = cloud.get(&format!("/dev-2/image{image}"), &demo).await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn what_belongs_to_the_operator_stays_his() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let list = cloud.get("/image/v2/images?name=debian-12-x86_64", &demo).await;
    let id = list.text("/images/0/id");
    let image = format!("/v2/images/{id}");
    let patch = r#"[{"op":"replace","path":"/name","value":"mine"}]"#;
    for (method, path, kind, body) in [
        ("PATCH", image.clone(), PATCH, patch),
        ("PUT", format!("{image}/tags/mine"), "", ""),
        ("DELETE", format!("{image}/tags/lts"), "", ""),
        ("PUT", format!("{image}/file"), "application/octet-stream", "x"),
        ("PUT", format!("{image}/stage"), "application/octet-stream", "x"),
        ("POST", format!("{image}/actions/deactivate"), "", ""),
        ("POST", format!("{image}/members"), "application/json", r#"{"member":"x"}"#),
        ("GET", format!("{image}/members"), "", ""),
        ("DELETE", image.clone(), "", ""),
    ] {
        let answer = call(&cloud, &demo, method, &path, kind, body).await;
        assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
    }
    let bytes = call(&cloud, &demo, "GET", &format!("{image}/file"), "", "").await;
    assert_eq!(bytes.status, 200);
    let foreign = json!({"name": "x", "owner": devcloud::well_known::PROJECT_OTHER});
    let refused = cloud.post("/image/v2/images", &demo, foreign).await.expect(403);
    assert!(
        refused.body.to_string().contains("You are not permitted to create images owned by"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_reader_looks_and_does_not_touch() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let viewer = cloud.sign_in("viewer", "demo").await;
    let id = private_image(&cloud, &demo).await;
    let image = format!("/v2/images/{id}");
    call(&cloud, &viewer, "GET", &image, "", "").await.expect(200);
    let patch = r#"[{"op":"replace","path":"/name","value":"mine"}]"#;
    for (method, path, kind, body, rule) in [
        ("POST", "/v2/images".to_owned(), "application/json", r#"{"name":"x"}"#, "add_image"),
        ("PATCH", image.clone(), PATCH, patch, "modify_image"),
        ("PUT", format!("{image}/file"), "application/octet-stream", "x", "upload_image"),
        ("GET", format!("{image}/file"), "", "", "download_image"),
        ("POST", format!("{image}/actions/deactivate"), "", "", "deactivate"),
        ("DELETE", image.clone(), "", "", "delete_image"),
    ] {
        let answer = call(&cloud, &viewer, method, &path, kind, body).await.expect(403);
        let words = format!("You are not authorized to complete {rule} action.");
        assert!(
            answer.body.as_str().is_some_and(|text| text.contains(&words)),
            "{method} {path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn bad_input_is_never_a_server_error() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let id = private_image(&cloud, &demo).await;
    let (json, image) = ("application/json", format!("/v2/images/{id}"));
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let many: Value =
        (0..200).map(|i| (format!("p{i}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    let many = many.to_string();
    for (method, path, kind, body, status) in [
        ("POST", "/v2/images", json, "", 400),
        ("POST", "/v2/images", json, "{", 400),
        ("POST", "/v2/images", json, "[]", 400),
        ("POST", "/v2/images", json, "3", 400),
        ("POST", "/v2/images", json, "null", 400),
        ("POST", "/v2/images", json, &deep, 400),
        ("POST", "/v2/images", json, r#"{"name":null,"tags":null}"#, 400),
        ("POST", "/v2/images", json, r#"{"min_disk":1e300}"#, 400),
        ("POST", "/v2/images", json, r#"{"min_ram":9223372036854775807}"#, 400),
        ("POST", "/v2/images", json, r#"{"locations":[]}"#, 403),
        ("POST", "/v2/images", json, &many, 413),
        ("PATCH", &image, PATCH, "{}", 400),
        ("PATCH", &image, PATCH, r#"[{"op":"add","path":"/","value":"x"}]"#, 200),
        ("PATCH", &image, PATCH, r#"[{"op":"add","path":"/a//b","value":"x"}]"#, 400),
        ("PATCH", &image, PATCH, r#"[{"op":"add","path":7,"value":"x"}]"#, 400),
        ("PATCH", &image, PATCH, r#"[{"op":"add","path":"/locations/0","value":{}}]"#, 403),
        ("PATCH", &image, "", "", 415),
        ("POST", &format!("{image}/import"), json, r#"{"method":7}"#, 400),
        ("POST", &format!("{image}/import"), json, r#"{"method":{"name":"web-download"}}"#, 409),
        (
            "POST",
            &format!("{image}/import"),
            json,
            r#"{"method":{"name":"web-download"},"all_stores":"yes"}"#,
            400,
        ),
        ("POST", &format!("{image}/members"), json, r#"{"member":{}}"#, 400),
        ("GET", "/v2/images?limit=99999999999999999999", "", "", 400),
        ("GET", "/v2/images?created_at=gt:", "", "", 400),
        ("GET", "/v2/images?x_min=1&%FF=%00", "", "", 200),
        ("GET", "/v2/images?name=in:%22", "", "", 400),
        ("GET", "/v2/images?sort=,", "", "", 400),
        ("GET", "/v2/images/..%2f..%2fetc", "", "", 404),
        ("GET", "/v2/nothing", "", "", 404),
        ("PUT", "/v2/images", json, "{}", 405),
        ("POST", &image, json, "{}", 405),
        ("GET", "/v2/schemas/nothing", "", "", 404),
        ("GET", "/v2/tasks/x", "", "", 403),
        ("DELETE", &image, json, "{}", 400),
    ] {
        let answer = call(&cloud, &demo, method, path, kind, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body:.80}: {answer:?}");
        if status == 405 {
            assert!(!answer.header("allow").is_empty(), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_speaks_the_form_that_was_asked_for() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let path = "/image/v2/images/%3Cb%3E";
    for (accept, kind, words) in [
        ("", "text/plain; charset=UTF-8", "404 Not Found\n\nNo image found with ID "),
        (
            "*/*",
            "text/html; charset=UTF-8",
            "<h1>404 Not Found</h1>\n  No image found with ID &lt;b&gt;<br /><br />",
        ),
        ("application/json", "application/json", "\"title\":\"Not Found\""),
    ] {
        let answer =
            cloud.request("GET", path, &demo).header("accept", accept).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], kind);
        let text = answer.text().await.unwrap();
        assert!(text.contains(words), "{accept}: {text}");
    }
}
