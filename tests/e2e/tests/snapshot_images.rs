//! Images of instances on volumes: what they point to, and what becomes of it when they are deleted.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use slipway_e2e::{Api, Outcome, Stage, Trouble, journey, like};
use tokio::time::Instant;

/// How long the cloud may take for what it does in the background; at the tests' pace it is a moment.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(100);

/// The cloud, asked beside the page.
struct Cloud {
    api: Api,
    url: String,
}

impl Cloud {
    async fn of(stage: &Stage) -> Result<Self, Trouble> {
        Ok(Self {
            api: stage.api().await?,
            url: stage.cloud.url().trim_end_matches('/').to_owned(),
        })
    }

    /// An answer's status and body; as a text what is no JSON.
    async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Value), Trouble> {
        let http = reqwest::Client::new();
        let mut request = http
            .request(method, format!("{}{path}", self.url))
            .header("x-auth-token", self.api.token())
            .header("openstack-api-version", "compute 2.96");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status().as_u16(), answer.text().await?);
        // Glance words its refusals in HTML.
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((status, body))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Trouble> {
        let (status, body) = self.answer(method, path, body).await?;
        if status >= 300 { Err(format!("{path}: {status} {body}").into()) } else { Ok(body) }
    }

    /// What stands at a place of an answer.
    async fn find(&self, path: &str, place: &str) -> Result<Value, Trouble> {
        let body = self.ask(Method::GET, path, None).await?;
        Ok(body.pointer(place).ok_or_else(|| format!("{path}: no {place} in {body}"))?.clone())
    }

    /// Waits until a word stands at a place of an answer.
    async fn until(&self, path: &str, place: &str, word: &str) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.find(path, place).await?;
            if found == word {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("{path}: {found} instead of {word}").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until something is gone.
    async fn gone(&self, path: &str) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        while self.answer(Method::GET, path, None).await?.0 != 404 {
            if Instant::now() > deadline {
                return Err(format!("{path} is still there").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    async fn make_volume(&self, volume: Value) -> Result<String, Trouble> {
        let made =
            self.ask(Method::POST, "/volume/v3/volumes", Some(json!({"volume": volume}))).await?;
        let id = text(&made, "/volume/id")?;
        self.until(&format!("/volume/v3/volumes/{id}"), "/volume/status", "available").await?;
        Ok(id)
    }

    /// An instance on a boot volume of 4 GiB and with a second one of 2 GiB.
    async fn make_instance(&self, name: &str) -> Result<String, Trouble> {
        let image = self.find("/image/v2/images?name=cirros-0.6.3-x86_64", "/images/0/id").await?;
        let network =
            self.find("/networking/v2.0/networks?name=demo-internal", "/networks/0/id").await?;
        let flavors = self.find("/compute/v2.1/flavors/detail", "/flavors").await?;
        let small = |flavor: &&Value| flavor.get("name") == Some(&json!("gp.1x2"));
        let flavors = flavors.as_array().ok_or("no flavors")?;
        let flavor = flavors.iter().find(small).and_then(|flavor| flavor.get("id"));
        let data =
            json!({"name": format!("{name}-data"), "size": 2, "availability_zone": "dev-1a"});
        let data = self.make_volume(data).await?;
        let server = json!({
            "name": name, "flavorRef": flavor.ok_or("no such flavor")?, "networks": [{"uuid": network}],
            "availability_zone": "dev-1a",
            "block_device_mapping_v2": [
                {"boot_index": 0, "source_type": "image", "destination_type": "volume", "uuid": image,
                 "volume_size": 4, "delete_on_termination": false},
                {"boot_index": null, "source_type": "volume", "destination_type": "volume", "uuid": data,
                 "delete_on_termination": false},
            ],
        });
        let made = self
            .ask(Method::POST, "/compute/v2.1/servers", Some(json!({"server": server})))
            .await?;
        let id = text(&made, "/server/id")?;
        self.until(&format!("/compute/v2.1/servers/{id}"), "/server/status", "ACTIVE").await?;
        Ok(id)
    }

    /// An image of it: the image's id, and those of its volume snapshots.
    async fn make_image(&self, server: &str, name: &str) -> Result<(String, Vec<String>), Trouble> {
        let path = format!("/compute/v2.1/servers/{server}/action");
        let made =
            self.ask(Method::POST, &path, Some(json!({"createImage": {"name": name}}))).await?;
        let id = text(&made, "/image_id")?;
        let path = format!("/image/v2/images/{id}");
        self.until(&path, "/status", "active").await?;
        let mapping = self.find(&path, "/block_device_mapping").await?;
        let rows: Value = serde_json::from_str(mapping.as_str().ok_or("no mapping")?)?;
        let mut snapshots = Vec::new();
        for row in rows.as_array().ok_or("no rows")? {
            let snapshot = text(row, "/snapshot_id")?;
            let path = format!("/volume/v3/snapshots/{snapshot}");
            self.until(&path, "/snapshot/status", "available").await?;
            snapshots.push(snapshot);
        }
        Ok((id, snapshots))
    }

    async fn snapshots_left(&self) -> Result<usize, Trouble> {
        let left = self.find("/volume/v3/snapshots", "/snapshots").await?;
        Ok(left.as_array().ok_or("no list")?.len())
    }
}

fn text(value: &Value, place: &str) -> Result<String, Trouble> {
    let found = value.pointer(place).and_then(Value::as_str);
    Ok(found.ok_or_else(|| format!("no {place} in {value}"))?.to_owned())
}

#[tokio::test]
async fn a_snapshot_goes_with_its_image_and_one_in_use_is_told() -> Outcome {
    journey(
        "snapshot-image-in-use",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, Cloud::of(stage).await?);
            let server = cloud.make_instance("erp-db").await?;
            let (image, snapshots) = cloud.make_image(&server, "erp-before").await?;
            let data = snapshots.get(1).ok_or("one snapshot for each volume")?;
            let child = json!({"name": "erp-check", "size": 2, "snapshot_id": data});
            let child = cloud.make_volume(child).await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", "erp-before").await?;
            user.read("snapshot of volumes").await?;
            user.click("link", "erp-before").await?;
            user.see("region", "Volume snapshots").await?;
            user.read("2 snapshots, 6 GiB, zone dev-1a").await?;
            user.read("2 GiB of the volume erp-db-data, zone dev-1a. A further disk.").await?;
            user.read("1 volume was made from it: erp-check.").await?;
            user.read("the instance has to be there too").await?;
            user.click("link", "erp-db").await?;
            user.see("heading", "erp-db").await?;

            user.open(&format!("/images/{image}")).await?;
            user.click("button", "Actions for erp-before").await?;
            user.click("button", "Delete").await?;
            user.read("Many clouds keep a snapshot as long as such a volume is there").await?;
            // What volumes hang on is not chosen unless somebody does.
            user.see("button", "Delete image and 1 volume snapshot").await?;
            user.click("checkbox", like("snapshot for erp-before, 2 GiB")).await?;
            user.click("button", "Delete image and 2 volume snapshots").await?;
            user.read("1 volume snapshot is still there").await?;
            user.read("1 of 2 volume snapshots deleted").await?;
            user.read(data).await?;
            assert_eq!(cloud.snapshots_left().await?, 1);
            assert_eq!(
                cloud.answer(Method::GET, &format!("/image/v2/images/{image}"), None).await?.0,
                404
            );

            cloud.ask(Method::DELETE, &format!("/volume/v3/volumes/{child}"), None).await?;
            cloud.gone(&format!("/volume/v3/volumes/{child}")).await?;
            user.click("button", "Try the 1 again").await?;
            user.read("erp-before and its volume snapshots were deleted").await?;
            user.at("the list", |path| path == "/images" || path.starts_with("/images?")).await?;
            assert_eq!(cloud.snapshots_left().await?, 0);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn what_is_not_chosen_stays() -> Outcome {
    journey(
        "snapshot-image-kept",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, Cloud::of(stage).await?);
            let server = cloud.make_instance("erp-db").await?;
            cloud.make_image(&server, "erp-monday").await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.click("button", "Actions for erp-monday").await?;
            user.click("button", "Delete").await?;
            user.see("button", "Delete image and 2 volume snapshots").await?;
            user.click("checkbox", like("snapshot for erp-monday, 2 GiB")).await?;
            user.read("What stays goes on counting against the quota.").await?;
            user.click("button", "Delete image and 1 volume snapshot").await?;
            user.read("erp-monday and 1 of its 2 volume snapshots were deleted").await?;
            user.gone("link", "erp-monday").await?;
            assert_eq!(cloud.snapshots_left().await?, 1);
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_gone_snapshot_is_said_on_the_image() -> Outcome {
    journey(
        "snapshot-image-broken",
        |_| {},
        async |stage| {
            let (user, cloud) = (&stage.user, Cloud::of(stage).await?);
            let server = cloud.make_instance("erp-db").await?;
            let (image, snapshots) = cloud.make_image(&server, "erp-broken").await?;
            let first = format!("/volume/v3/snapshots/{}", snapshots.first().ok_or("none")?);
            cloud.ask(Method::DELETE, &first, None).await?;
            cloud.gone(&first).await?;

            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open(&format!("/images/{image}")).await?;
            user.read("A volume snapshot of this image is gone").await?;
            user.click("button", "Actions for erp-broken").await?;
            user.click("button", "Delete").await?;
            user.read("It is gone already.").await?;
            user.click("button", "Delete image and 1 volume snapshot").await?;
            user.at("the list", |path| path == "/images" || path.starts_with("/images?")).await?;
            assert_eq!(cloud.snapshots_left().await?, 0);
            Ok(())
        },
    )
    .await
}
