//! A server's pairs and tags after it was made.

use crate::support::servers::Scene;
use serde_json::{Value, json};

#[tokio::test]
async fn metadata_is_added_replaced_and_taken_away() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({"metadata": {"a": "1"}}), "ACTIVE").await.text("/server/id");
    let ask = async |method: &str, key: &str, body: Option<Value>| {
        scene.ask(method, &format!("/servers/{id}/metadata{key}"), body).await
    };
    let added = ask("POST", "", Some(json!({"metadata": {"b": "2"}}))).await.expect(200);
    assert_eq!(added.body, json!({"metadata": {"a": "1", "b": "2"}}));
    let one = ask("PUT", "/c", Some(json!({"meta": {"c": "3"}}))).await.expect(200);
    assert_eq!(one.body, json!({"meta": {"c": "3"}}));
    assert_eq!(ask("GET", "/c", None).await.expect(200).body, json!({"meta": {"c": "3"}}));
    let mismatch = ask("PUT", "/c", Some(json!({"meta": {"d": "3"}}))).await.expect(400);
    assert_eq!(mismatch.text("/badRequest/message"), "Request body and URI mismatch");
    ask("DELETE", "/a", None).await.expect(204);
    let gone = ask("DELETE", "/a", None).await.expect(404);
    assert_eq!(gone.text("/itemNotFound/message"), "Metadata item was not found");
    let all = ask("PUT", "", Some(json!({"metadata": {"only": "this"}}))).await.expect(200);
    assert_eq!(all.body, json!({"metadata": {"only": "this"}}));
    let many: Value =
        (0..129).map(|n| (n.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let refused = ask("PUT", "", Some(json!({"metadata": many}))).await.expect(403);
    assert_eq!(refused.text("/forbidden/message"), "Maximum number of metadata items exceeds 128");
    ask("POST", "", Some(json!({"metadata": {"a": 1}}))).await.expect(400);
    let viewer = scene.cloud.sign_in("viewer", "demo").await;
    let path = format!("/servers/{id}/metadata/only");
    scene.ask_as(&viewer, "GET", &path, None).await.expect(200);
    scene.ask_as(&viewer, "DELETE", &path, None).await.expect(403);
}

#[tokio::test]
async fn tags_are_added_replaced_and_taken_away() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({"tags": ["blue"]}), "ACTIVE").await.text("/server/id");
    let ask = async |method: &str, tag: &str, body: Option<Value>| {
        scene.ask(method, &format!("/servers/{id}/tags{tag}"), body).await
    };
    let made = ask("PUT", "/green", None).await.expect(201);
    assert!(made.header("location").ends_with(&format!("/servers/{id}/tags/green")));
    ask("PUT", "/green", None).await.expect(204);
    ask("GET", "/green", None).await.expect(204);
    let missing = ask("GET", "/red", None).await.expect(404);
    assert_eq!(missing.text("/itemNotFound/message"), format!("Server {id} has no tag 'red'"));
    ask("PUT", "/a,b", None).await.expect(400);
    assert_eq!(ask("GET", "", None).await.expect(200).body, json!({"tags": ["blue", "green"]}));
    ask("DELETE", "/blue", None).await.expect(204);
    ask("DELETE", "/blue", None).await.expect(404);
    let many: Vec<String> = (0..50).map(|n| format!("t{n}")).collect();
    ask("PUT", "", Some(json!({"tags": many}))).await.expect(200);
    let refused = ask("PUT", "/one-more", None).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        "The number of tags exceeded the per-server limit 50"
    );
    ask("DELETE", "", None).await.expect(204);
    assert_eq!(ask("GET", "", None).await.body, json!({"tags": []}));
    scene.ask_in("2.25", "GET", &format!("/servers/{id}/tags"), None).await.expect(404);
}
