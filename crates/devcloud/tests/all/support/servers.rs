//! Servers in tests: a cloud with a caller, and what he needs to launch.

use serde_json::{Value, json};

use super::{Answer, Cloud};

/// A flavor with a small disk of its own.
pub const TINY: &str = "f1a40000-0000-4000-8000-000000000001";
/// A flavor without a disk.
pub const NO_DISK: &str = "f1a40000-0000-4000-8000-000000000010";
/// A flavor of the first zone only.
pub const NVME: &str = "f1a40000-0000-4000-8000-000000000042";

/// A cloud with a caller and what he needs to launch.
pub struct Scene {
    pub cloud: Cloud,
    pub token: String,
    pub image: String,
    pub network: String,
}

impl Scene {
    pub async fn new() -> Self {
        Self::on(Cloud::start().await).await
    }

    pub async fn on(cloud: Cloud) -> Self {
        let token = cloud.sign_in("demo", "demo").await;
        let image = cloud
            .get("/image/v2/images?name=cirros-0.6.3-x86_64", &token)
            .await
            .text("/images/0/id");
        let network = cloud
            .get("/networking/v2.0/networks?name=demo-internal", &token)
            .await
            .text("/networks/0/id");
        Self { cloud, token, image, network }
    }

    pub async fn ask_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = self.cloud.request(method, &format!("/compute/v2.1{path}"), token);
        let request = request.header("X-OpenStack-Nova-API-Version", "2.96");
        let request = if let Some(body) = body { request.json(&body) } else { request };
        Answer::of(request.send().await.unwrap()).await
    }

    /// In a version of the caller's own; none is the oldest.
    pub async fn ask_in(
        &self,
        version: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = self.cloud.request(method, &format!("/compute/v2.1{path}"), &self.token);
        if !version.is_empty() {
            request = request.header("OpenStack-API-Version", format!("compute {version}"));
        }
        let request = if let Some(body) = body { request.json(&body) } else { request };
        Answer::of(request.send().await.unwrap()).await
    }

    /// An action on a server in 2.95.
    pub async fn act(&self, id: &str, body: Value) -> Answer {
        self.ask_in("2.95", "POST", &format!("/servers/{id}/action"), Some(body)).await
    }

    /// The server in 2.95.
    pub async fn look(&self, id: &str) -> Answer {
        self.ask_in("2.95", "GET", &format!("/servers/{id}"), None).await
    }

    /// The image.
    pub async fn image_of(&self, id: &str) -> Answer {
        self.cloud.get(&format!("/image/v2/images/{id}"), &self.token).await
    }

    /// A server that boots of a new volume of its own.
    pub async fn launched_on_volume(&self, name: &str, delete: bool) -> String {
        let change = json!({
            "name": name, "imageRef": "", "flavorRef": NO_DISK, "block_device_mapping_v2": self.new_volume(delete),
        });
        self.launched(change, "ACTIVE").await.text("/server/id")
    }

    /// The same cloud, where everything takes a thousand times as long: whatever is begun stays under way.
    pub async fn slowed(self) -> Self {
        let Self { cloud, token, image, network } = self;
        let cloud = cloud.restart_with(|options| {
            options.pace = 1000.0;
        });
        let cloud = cloud.await;
        Self { cloud, token, image, network }
    }

    /// The same cloud after a restart.
    pub async fn restarted(self) -> Self {
        let Self { cloud, token, image, network } = self;
        Self { cloud: cloud.restart().await, token, image, network }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.ask_as(&self.token, method, path, body).await
    }

    /// The body of a launch of the image on the flavor's own disk, with these fields changed.
    pub fn launch(&self, change: Value) -> Value {
        let mut server = json!({
            "name": "one", "imageRef": self.image, "flavorRef": TINY, "networks": [{"uuid": self.network}],
        });
        for (name, value) in change.as_object().unwrap() {
            server[name] = value.clone();
        }
        json!({"server": server})
    }

    pub async fn post(&self, change: Value) -> Answer {
        self.ask("POST", "/servers", Some(self.launch(change))).await
    }

    pub fn new_volume(&self, delete: bool) -> Value {
        json!([{
            "boot_index": 0, "uuid": self.image, "source_type": "image", "destination_type": "volume",
            "volume_size": 2, "delete_on_termination": delete,
        }])
    }

    /// Launches and waits for a status.
    pub async fn launched(&self, change: Value, status: &str) -> Answer {
        let id = self.post(change).await.expect(202).text("/server/id");
        self.until(&id, status).await
    }

    pub async fn until(&self, id: &str, status: &str) -> Answer {
        let path = format!("/compute/v2.1/servers/{id}");
        let seen = |answer: &Answer| {
            answer.body["server"]["status"] == status
                && answer.body["server"]["OS-EXT-STS:task_state"].is_null()
        };
        self.cloud.until(&path, &self.token, seen).await
    }

    pub async fn gone(&self, id: &str) {
        let path = format!("/compute/v2.1/servers/{id}");
        self.cloud.until(&path, &self.token, |answer| answer.status == 404).await;
    }

    pub async fn ports_of(&self, id: &str) -> usize {
        let ports =
            self.cloud.get(&format!("/networking/v2.0/ports?device_id={id}"), &self.token).await;
        ports.body["ports"].as_array().unwrap().len()
    }
}
