//! Nova's answers held against samples of a real one.

use crate::support::contract::Sample;
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

const TINY: &str = "f1a40000-0000-4000-8000-000000000001";
const BIG: &str = "f1a40000-0000-4000-8000-000000000014";

fn sample(name: &str) -> Sample {
    Sample::load("nova", name)
}

async fn ask(
    cloud: &Cloud,
    token: &str,
    version: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let mut request = cloud.request(method, &format!("/compute/v2.1{path}"), token);
    if !version.is_empty() {
        request = request.header("OpenStack-API-Version", format!("compute {version}"));
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    Answer::of(request.send().await.unwrap()).await
}

async fn image(cloud: &Cloud, token: &str, name: &str) -> String {
    cloud.get(&format!("/image/v2/images?name={name}"), token).await.text("/images/0/id")
}

async fn network(cloud: &Cloud, token: &str) -> String {
    cloud.get("/networking/v2.0/networks?name=demo-internal", token).await.text("/networks/0/id")
}

/// The answer with the network's name of the recorded cloud: addresses stand under it.
fn on_demo_net(answer: &Answer) -> Answer {
    let mut renamed = answer.clone();
    let addresses = renamed.body["server"]["addresses"].as_object_mut().unwrap();
    if let Some(found) = addresses.remove("demo-internal") {
        addresses.insert("demo-net".to_owned(), found);
    }
    renamed
}

#[tokio::test]
async fn what_there_is() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    sample("versions").check(&cloud.get("/compute/", "").await);
    sample("version").check(&cloud.get("/compute/v2.1/", "").await);
    let project = devcloud::well_known::PROJECT_DEMO;
    for (name, version, path) in [
        ("flavors-detail-2.1", "", "/flavors/detail"),
        ("flavors-detail-2.61", "2.61", "/flavors/detail"),
        ("flavors-page", "", "/flavors/detail?minRam=2048&minDisk=10&sort_key=memory_mb&limit=2"),
        ("limits-2.1", "", "/limits"),
        ("limits-2.57", "2.57", "/limits"),
        ("quota-set", "", &format!("/os-quota-sets/{project}")),
        ("quota-set-detail", "", &format!("/os-quota-sets/{project}/detail")),
        ("keypairs", "", "/os-keypairs"),
        ("zones", "", "/os-availability-zone"),
        ("zones-detail-refused", "", "/os-availability-zone/detail"),
        ("server-groups", "", "/os-server-groups"),
        ("servers-latest", "latest", "/servers/detail"),
        ("version-too-new", "9.9", "/servers"),
        ("version-malformed", "nonsense", "/servers"),
        ("server-missing", "", "/servers/00000000-0000-0000-0000-000000000000"),
    ] {
        let answer = ask(&cloud, &token, version, "GET", path, None).await;
        // Pinned flavors say so in their extra specs.
        let sample = sample(name).optional("/flavors/*/extra_specs/hw:cpu_policy");
        sample.check(&answer);
        if answer.status >= 400 {
            assert_eq!(answer.body, *sample.body(), "{name}");
        }
    }
    sample("no-token").check(&cloud.get("/compute/v2.1/servers", "").await);
}

#[tokio::test]
async fn a_server_of_an_image() {
    let cloud = Cloud::with(|options| options.pace = 0.2).await;
    let token = cloud.sign_in("demo", "demo").await;
    let (image, network) =
        (image(&cloud, &token, "cirros-0.6.3-x86_64").await, network(&cloud, &token).await);
    let body = json!({"server": {
        "name": "wire-image", "imageRef": image, "flavorRef": TINY, "networks": [{"uuid": network}],
        "key_name": "demo-key", "security_groups": [{"name": "default"}], "metadata": {"made": "by wire"},
        "user_data": "I2Nsb3VkLWNvbmZpZwo=",
    }});
    let made = ask(&cloud, &token, "2.95", "POST", "/servers", Some(body)).await;
    sample("create-of-image").check(&made);
    let id = made.text("/server/id");
    assert_eq!(made.header("location"), cloud.url(&format!("/compute/v2.1/servers/{id}")));
    let path = format!("/servers/{id}");
    let look = async || ask(&cloud, &token, "2.95", "GET", &path, None).await;

    let mut tasks = Vec::new();
    let active = loop {
        let answer = look().await.expect(200);
        let task = answer.body["server"]["OS-EXT-STS:task_state"].as_str().map(str::to_owned);
        match task.as_deref() {
            Some("scheduling") => sample("server-scheduling").check(&answer),
            // Once there are ports their groups are shown, as the recording of a later moment has it.
            Some("spawning") => {
                sample("server-spawning").optional("/server/security_groups").check(&answer)
            }
            _ => {}
        }
        if tasks.last() != Some(&task) {
            tasks.push(task.clone());
        }
        if task.is_none() {
            break answer;
        }
    };
    sample("server-active").check(&on_demo_net(&active));
    assert_eq!(active.text("/server/status"), "ACTIVE");
    assert!(active.text("/server/addresses/demo-internal/0/addr").starts_with("192.168.0."));
    let order = ["scheduling", "networking", "block_device_mapping", "spawning"];
    let seen: Vec<&str> = tasks.iter().filter_map(|task| task.as_deref()).collect();
    assert!(
        seen.iter().is_sorted_by_key(|task| order.iter().position(|known| *known == *task)),
        "{seen:?}"
    );
    assert!(seen.contains(&"spawning"), "{seen:?}");

    for (name, method, path, body) in [
        ("interfaces", "GET", format!("{path}/os-interface"), None),
        (
            "console-output",
            "POST",
            format!("{path}/action"),
            Some(json!({"os-getConsoleOutput": {}})),
        ),
        (
            "remote-console",
            "POST",
            format!("{path}/remote-consoles"),
            Some(json!({"remote_console": {"protocol": "vnc", "type": "novnc"}})),
        ),
        ("instance-actions", "GET", format!("{path}/os-instance-actions"), None),
        ("stop", "POST", format!("{path}/action"), Some(json!({"os-stop": null}))),
    ] {
        sample(name).check(&ask(&cloud, &token, "2.95", method, &path, body).await);
    }
    sample("server-stopping").check(&on_demo_net(&look().await));
    let stopped = loop {
        let answer = look().await;
        if answer.body["server"]["OS-EXT-STS:task_state"].is_null() {
            break answer;
        }
    };
    sample("server-stopped").check(&on_demo_net(&stopped));
    let foreign = cloud.sign_in("other", "other").await;
    sample("foreign-server").check(&ask(&cloud, &foreign, "", "GET", &path, None).await);
    sample("delete").check(&ask(&cloud, &token, "", "DELETE", &path, None).await);
    sample("server-deleting").check(&on_demo_net(&look().await));
    loop {
        let answer = look().await;
        if answer.status == 404 {
            sample("server-gone").check(&answer);
            break;
        }
        if answer.text("/server/status") == "DELETED" {
            sample("server-deleted").check(&on_demo_net(&answer));
        }
    }
}

#[tokio::test]
async fn a_server_on_a_new_volume() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let (image, network) =
        (image(&cloud, &token, "cirros-0.6.3-x86_64").await, network(&cloud, &token).await);
    let body = json!({"server": {
        "name": "wire-volume", "flavorRef": TINY, "networks": [{"uuid": network}],
        "block_device_mapping_v2": [{
            "boot_index": 0, "uuid": image, "source_type": "image", "destination_type": "volume", "volume_size": 1,
            "delete_on_termination": true, "volume_type": "ssd",
        }],
    }});
    let made = ask(&cloud, &token, "2.95", "POST", "/servers", Some(body)).await;
    sample("create-of-new-volume").check(&made);
    let path = format!("/servers/{}", made.text("/server/id"));
    let active = loop {
        let answer = ask(&cloud, &token, "2.95", "GET", &path, None).await.expect(200);
        if answer.text("/server/status") == "ACTIVE" {
            break answer;
        }
    };
    sample("server-on-volume").check(&on_demo_net(&active));
    let attached =
        ask(&cloud, &token, "2.95", "GET", &format!("{path}/os-volume_attachments"), None).await;
    sample("volume-attachments").nullable("/volumeAttachments/*/tag").check(&attached);
}

#[tokio::test]
async fn what_is_refused() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let cirros = image(&cloud, &token, "cirros-0.6.3-x86_64").await;
    let rocky = image(&cloud, &token, "rocky-9-x86_64").await;
    let none = "00000000-0000-0000-0000-000000000000";
    let with = |change: Value| {
        let mut server = json!({"name": "wire-error", "imageRef": cirros, "flavorRef": TINY, "networks": "none"});
        for (name, value) in change.as_object().unwrap() {
            server[name] = value.clone();
        }
        json!({"server": server})
    };
    let same = |name: &str, answer: &Answer| {
        let sample = sample(name);
        sample.check(answer);
        assert_eq!(answer.body, *sample.body(), "{name}");
    };
    let post =
        async |body: Value| ask(&cloud, &token, "2.95", "POST", "/servers", Some(body)).await;
    same("refused-flavor", &post(with(json!({"flavorRef": "999"}))).await);
    same("refused-image", &post(with(json!({"imageRef": none}))).await);
    same("refused-small-memory", &post(with(json!({"imageRef": rocky}))).await);
    same("refused-key", &post(with(json!({"key_name": "nobody"}))).await);
    same("refused-network", &post(with(json!({"networks": [{"uuid": none}]}))).await);
    let bfv = json!([{"boot_index": 0, "uuid": cirros, "source_type": "image", "destination_type": "volume",
        "volume_size": 1}]);
    let many =
        json!({"flavorRef": BIG, "min_count": 30, "imageRef": "", "block_device_mapping_v2": bfv});
    let quota = post(with(many)).await;
    sample("refused-quota").check(&quota);
    assert_eq!(
        quota.text("/forbidden/message"),
        "Quota exceeded for cores, instances, ram: Requested 480, 30, 983040, but already used 0, 0, 0 of 40, 20, 102400 \
         cores, instances, ram"
    );
    sample("refused-unknown-key").check(&post(with(json!({"nonsense": 1}))).await);
    let mut bare = with(json!({}));
    bare["server"].as_object_mut().unwrap().remove("networks");
    sample("refused-no-networks").check(&post(bare).await);
}
