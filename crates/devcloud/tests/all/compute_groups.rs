//! Server groups, the hosts that come of them, what was done to a server, and what is used of the quotas.

use crate::support::Answer;
use crate::support::servers::Scene;
use serde_json::{Value, json};

async fn group(scene: &Scene, name: &str, policy: &str) -> String {
    let body = json!({"server_group": {"name": name, "policy": policy}});
    let made = scene.ask("POST", "/os-server-groups", Some(body)).await.expect(200);
    made.text("/server_group/id")
}

/// A launch into a group.
async fn post_into(scene: &Scene, group: &str, name: &str, change: Value) -> Answer {
    let mut body = scene.launch(change);
    body["server"]["name"] = json!(name);
    body["os:scheduler_hints"] = json!({"group": group});
    scene.ask("POST", "/servers", Some(body)).await
}

async fn host_of(scene: &Scene, group: &str, name: &str) -> String {
    let id = post_into(scene, group, name, json!({})).await.expect(202).text("/server/id");
    scene.until(&id, "ACTIVE").await.text("/server/hostId")
}

/// Sorted: whether JSON keeps its order depends on what else is built along.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn groups_are_made_listed_shown_and_deleted() {
    let scene = Scene::new().await;
    let made = scene
        .ask(
            "POST",
            "/os-server-groups",
            Some(json!({"server_group": {"name": "web", "policy": "anti-affinity", "rules": {"max_server_per_host": 2}}})),
        )
        .await
        .expect(200);
    let id = made.text("/server_group/id");
    let expected = json!({"server_group": {
        "id": id, "name": "web", "policy": "anti-affinity", "rules": {"max_server_per_host": 2}, "members": [],
        "project_id": devcloud::well_known::PROJECT_DEMO, "user_id": devcloud::well_known::USER_DEMO,
    }});
    assert_eq!(made.body, expected);
    // The older ways to say it.
    let show = async |version: &str| {
        scene.ask_in(version, "GET", &format!("/os-server-groups/{id}"), None).await.expect(200)
    };
    let oldest = show("").await;
    assert_eq!(
        keys(&oldest.body["server_group"]),
        ["id", "members", "metadata", "name", "policies"]
    );
    assert_eq!(oldest.body["server_group"]["policies"], json!(["anti-affinity"]));
    assert_eq!(keys(&show("2.13").await.body["server_group"]).len(), 7);
    let create = async |version: &str, group: Value| {
        scene
            .ask_in(version, "POST", "/os-server-groups", Some(json!({"server_group": group})))
            .await
    };
    create("", json!({"name": "old", "policies": ["affinity"]})).await.expect(200);
    create("2.15", json!({"name": "soft", "policies": ["soft-affinity"]})).await.expect(200);
    let refused =
        create("", json!({"name": "old", "policies": ["soft-affinity"]})).await.expect(400);
    assert!(
        refused.text("/badRequest/message").contains("'soft-affinity' is not one of"),
        "{refused:?}"
    );
    create("", json!({"name": "old", "policies": []})).await.expect(400);
    create("", json!({"name": "old", "policy": "affinity"})).await.expect(400);
    create("2.64", json!({"name": "new", "policies": ["affinity"]})).await.expect(400);
    create("2.64", json!({"policy": "affinity"})).await.expect(400);
    let rules = create(
        "2.64",
        json!({"name": "new", "policy": "affinity", "rules": {"max_server_per_host": 2}}),
    )
    .await
    .expect(400);
    assert_eq!(rules.text("/badRequest/message"), "Only anti-affinity policy supports rules.");

    let list = scene.ask("GET", "/os-server-groups", None).await.expect(200);
    assert_eq!(list.body["server_groups"].as_array().unwrap().len(), 3);
    let page = scene.ask("GET", "/os-server-groups?limit=1&offset=1", None).await.expect(200);
    assert_eq!(page.text("/server_groups/0/name"), "old");
    let other = scene.cloud.sign_in("other", "other").await;
    let theirs = scene.ask_as(&other, "GET", "/os-server-groups", None).await.expect(200);
    assert_eq!(theirs.body["server_groups"], json!([]));
    let path = format!("/os-server-groups/{id}");
    for method in ["GET", "DELETE"] {
        let missing = scene.ask_as(&other, method, &path, None).await.expect(404);
        assert_eq!(
            missing.text("/itemNotFound/message"),
            format!("Instance group {id} could not be found.")
        );
    }
    let viewer = scene.cloud.sign_in("viewer", "demo").await;
    scene.ask_as(&viewer, "GET", &path, None).await.expect(200);
    scene.ask_as(&viewer, "DELETE", &path, None).await.expect(403);
    scene.ask("DELETE", &path, None).await.expect(204);
    scene.ask("DELETE", &path, None).await.expect(404);
}

#[tokio::test]
async fn a_project_has_ten_groups_and_they_count() {
    let scene = Scene::new().await;
    for n in 0..10 {
        group(&scene, &format!("g{n}"), "soft-affinity").await;
    }
    let body = json!({"server_group": {"name": "one-more", "policy": "affinity"}});
    let refused = scene.ask("POST", "/os-server-groups", Some(body)).await.expect(403);
    assert_eq!(refused.text("/forbidden/message"), "Quota exceeded, too many server groups.");
    let limits = scene.ask("GET", "/limits", None).await;
    assert_eq!(limits.body["limits"]["absolute"]["totalServerGroupsUsed"], 10);
    let project = devcloud::well_known::PROJECT_DEMO;
    let set = scene.ask("GET", &format!("/os-quota-sets/{project}/detail"), None).await;
    assert_eq!(
        set.body["quota_set"]["server_groups"],
        json!({"limit": 10, "in_use": 10, "reserved": 0})
    );
}

#[tokio::test]
async fn the_project_other_has_little() {
    let scene = Scene::new().await;
    let other = scene.cloud.sign_in("other", "other").await;
    let limits = scene.ask_as(&other, "GET", "/limits", None).await;
    let absolute = &limits.body["limits"]["absolute"];
    assert_eq!(
        [&absolute["maxTotalCores"], &absolute["maxTotalInstances"], &absolute["maxTotalRAMSize"]],
        [8, 4, 16_384]
    );
    let network = scene.cloud.get("/networking/v2.0/networks?name=other-internal", &other).await;
    let network = network.text("/networks/0/id");
    let change = json!({"networks": [{"uuid": network}], "min_count": 5, "max_count": 5});
    let refused = scene.ask_as(&other, "POST", "/servers", Some(scene.launch(change))).await;
    assert_eq!(
        refused.expect(403).text("/forbidden/message"),
        "Quota exceeded for instances: Requested 5, but already used 0 of 4 instances"
    );
}

#[tokio::test]
async fn a_groups_rule_decides_the_host() {
    let scene = Scene::new().await;
    let together = group(&scene, "together", "affinity").await;
    let one = host_of(&scene, &together, "a1").await;
    assert_eq!(one, host_of(&scene, &together, "a2").await);
    let apart = group(&scene, "apart", "anti-affinity").await;
    let mut hosts = Vec::new();
    // Three hosts in each of two zones.
    for n in 0..6 {
        hosts.push(host_of(&scene, &apart, &format!("b{n}")).await);
    }
    hosts.sort();
    hosts.dedup();
    assert_eq!(hosts.len(), 6);
    let id = post_into(&scene, &apart, "b6", json!({})).await.expect(202).text("/server/id");
    let failed = scene.until(&id, "ERROR").await;
    assert_eq!(
        failed.text("/server/fault/message"),
        "No valid host was found. There are not enough hosts available."
    );
    let softly = group(&scene, "softly", "soft-anti-affinity").await;
    for n in 0..4 {
        host_of(&scene, &softly, &format!("c{n}")).await;
    }

    let shown = scene.ask("GET", &format!("/os-server-groups/{apart}"), None).await;
    assert_eq!(shown.body["server_group"]["members"].as_array().unwrap().len(), 7);
    let server = scene.look(&id).await;
    assert_eq!(server.body["server"]["server_groups"], json!([apart]));
    // A server that is gone is no member, and nothing to quarrel with.
    scene.ask("DELETE", &format!("/servers/{id}"), None).await.expect(204);
    scene.gone(&id).await;
    let shown = scene.ask("GET", &format!("/os-server-groups/{apart}"), None).await;
    assert_eq!(shown.body["server_group"]["members"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn hints_that_cannot_be_followed() {
    let scene = Scene::new().await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    let refused = post_into(&scene, nobody, "x", json!({})).await.expect(400);
    assert_eq!(
        refused.text("/badRequest/message"),
        format!("Instance group {nobody} could not be found.")
    );
    let refused = post_into(&scene, "nonsense", "x", json!({})).await.expect(400);
    assert!(
        refused.text("/badRequest/message").contains("'nonsense' is not a 'uuid'"),
        "{refused:?}"
    );
    let crowd = group(&scene, "crowd", "soft-affinity").await;
    let refused =
        post_into(&scene, &crowd, "x", json!({"min_count": 11, "max_count": 11})).await.expect(403);
    assert_eq!(refused.text("/forbidden/message"), "Quota exceeded, too many servers in group");
    // Nothing came of it.
    assert_eq!(scene.ask("GET", "/servers", None).await.body["servers"], json!([]));
}

#[tokio::test]
async fn what_was_done_to_a_server_is_told_by_version() {
    let scene = Scene::new().await;
    let id = scene.launched(json!({}), "ACTIVE").await.text("/server/id");
    for (body, status) in [
        (json!({"os-stop": null}), "SHUTOFF"),
        (json!({"os-start": null}), "ACTIVE"),
        (json!({"reboot": {"type": "SOFT"}}), "ACTIVE"),
    ] {
        scene.act(&id, body).await.expect(202);
        scene.until(&id, status).await;
    }
    let path = format!("/servers/{id}/os-instance-actions");
    let list = async |version: &str, query: &str| {
        scene.ask_in(version, "GET", &format!("{path}{query}"), None).await
    };
    let names = |answer: &Answer| -> Vec<String> {
        let actions = answer.body["instanceActions"].as_array().unwrap().iter();
        actions.map(|action| action["action"].as_str().unwrap().to_owned()).collect()
    };
    let all = list("2.58", "").await.expect(200);
    assert_eq!(names(&all), ["reboot", "start", "stop", "create"]);
    assert!(all.body["instanceActions"][0]["updated_at"].is_string());
    assert!(list("2.57", "").await.body["instanceActions"][0]["updated_at"].is_null());
    let page = list("2.58", "?limit=2").await.expect(200);
    assert_eq!(names(&page), ["reboot", "start"]);
    let next = page.text("/links/0/href");
    let next = next.split("/os-instance-actions").nth(1).unwrap();
    assert_eq!(names(&list("2.58", next).await), ["stop", "create"]);
    // Before 2.58 there were no pages.
    assert_eq!(names(&list("2.57", "?limit=2").await).len(), 4);
    let refused = list("2.58", "?marker=req-nobody").await.expect(400);
    assert_eq!(refused.text("/badRequest/message"), "Marker req-nobody could not be found.");
    list("2.58", "?changes-since=yesterday").await.expect(400);
    assert_eq!(
        names(&list("2.58", "?changes-since=2100-01-01T00:00:00Z").await),
        Vec::<String>::new()
    );
    assert_eq!(names(&list("2.66", "?changes-before=2100-01-01T00:00:00Z").await).len(), 4);

    let request = all.text("/instanceActions/2/request_id");
    let show = async |version: &str| {
        let answer = scene.ask_in(version, "GET", &format!("{path}/{request}"), None).await;
        answer.expect(200).body["instanceAction"].clone()
    };
    assert!(show("2.50").await.get("events").is_none());
    let event = show("2.51").await["events"][0].clone();
    assert_eq!(keys(&event), ["event", "finish_time", "result", "start_time"]);
    assert_eq!(
        (&event["event"], &event["result"]),
        (&json!("compute_stop_instance"), &json!("Success"))
    );
    assert!(show("2.62").await["events"][0]["hostId"].is_string());
    assert!(show("2.84").await["events"][0].as_object().unwrap().contains_key("details"));
    let missing = scene.ask("GET", &format!("{path}/req-nobody"), None).await.expect(404);
    assert_eq!(missing.text("/itemNotFound/message"), "Action req-nobody not found");

    // A failure tells why from 2.84 on.
    let failed = scene.launched(json!({"name": "fail-spawn"}), "ERROR").await.text("/server/id");
    let path = format!("/servers/{failed}/os-instance-actions");
    let list = scene.ask("GET", &path, None).await;
    assert_eq!(list.body["instanceActions"][0]["message"], "Error");
    let request = list.text("/instanceActions/0/request_id");
    let one = scene.ask("GET", &format!("{path}/{request}"), None).await;
    let details = one.text("/instanceAction/events/0/details");
    assert!(details.starts_with("Exceeded maximum number of retries."), "{details}");
}

#[tokio::test]
async fn what_can_be_done_in_which_state() {
    let scene = Scene::new().await;
    let failed = scene.launched(json!({"name": "fail-spawn"}), "ERROR").await.text("/server/id");
    // It never ran: the state would do, but there is nothing to stop.
    for (action, body) in [
        ("stop", json!({"os-stop": null})),
        ("reboot", json!({"reboot": {"type": "HARD"}})),
        ("rescue", json!({"rescue": null})),
    ] {
        let refused = scene.act(&failed, body).await.expect(409);
        assert_eq!(
            refused.text("/conflictingRequest/message"),
            format!("Instance {failed} is in an invalid state for '{action}'")
        );
    }
    let slow = scene.slowed().await;
    let id = slow.post(json!({})).await.expect(202).text("/server/id");
    let refused = slow.act(&id, json!({"os-stop": null})).await.expect(409);
    assert_eq!(
        refused.text("/conflictingRequest/message"),
        format!("Cannot 'stop' instance {id} while it is in vm_state building")
    );
    let scene = slow.restarted().await;
    scene.cloud.devcloud.clock().shift(std::time::Duration::from_secs(3000));
    scene.until(&id, "ACTIVE").await;
    let slow = scene.slowed().await;
    slow.act(&id, json!({"reboot": {"type": "SOFT"}})).await.expect(202);
    let words = |action: &str| {
        format!("Cannot '{action}' instance {id} while it is in task_state rebooting")
    };
    for (action, body) in [
        ("stop", json!({"os-stop": null})),
        ("reboot", json!({"reboot": {"type": "SOFT"}})),
        ("rescue", json!({"rescue": null})),
        ("createImage", json!({"createImage": {"name": "x"}})),
    ] {
        let refused = slow.act(&id, body).await.expect(409);
        assert_eq!(refused.text("/conflictingRequest/message"), words(action));
    }
    // A reboot that hangs can be made a hard one.
    slow.act(&id, json!({"reboot": {"type": "HARD"}})).await.expect(202);
    assert_eq!(slow.look(&id).await.text("/server/status"), "HARD_REBOOT");
}
