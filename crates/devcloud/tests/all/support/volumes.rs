//! Volumes in tests: a cloud with a caller of its Cinder, and volumes and snapshots that are ready.

use serde_json::{Value, json};

use super::{Answer, Cloud};

/// A cloud and who asks its Cinder.
pub struct Scene {
    /// The cloud.
    pub cloud: Cloud,
    /// The caller's token.
    pub token: String,
}

impl Scene {
    /// For this user and project, at this pace.
    pub async fn with(pace: f64, user: &str, project: &str) -> Self {
        let cloud = Cloud::with(|options| options.pace = pace).await;
        let token = cloud.sign_in(user, project).await;
        Self { cloud, token }
    }

    /// For `demo`, at once.
    pub async fn new() -> Self {
        Self::with(0.0, "demo", "demo").await
    }

    /// Asks Cinder in this microversion.
    pub async fn ask(
        &self,
        version: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let path = format!("/volume/v3{path}");
        let mut request = self.cloud.request(method, &path, &self.token);
        request = request.header("OpenStack-API-Version", format!("volume {version}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("3.70", "POST", path, Some(body)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("3.70", "GET", path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("3.70", "DELETE", path, None).await
    }

    pub async fn until(&self, path: &str, ready: impl Fn(&Answer) -> bool) -> Answer {
        self.cloud.until(&format!("/volume/v3{path}"), &self.token, ready).await
    }

    /// An available volume of these attributes; its id.
    pub async fn volume(&self, volume: Value) -> String {
        let made = self.post("/volumes", json!({"volume": volume})).await.expect(202);
        let id = made.text("/volume/id");
        self.until(&format!("/volumes/{id}"), |a| a.body["volume"]["status"] == "available").await;
        id
    }

    /// An available snapshot of the volume; its id.
    pub async fn snapshot(&self, volume: &str, name: &str) -> String {
        let body = json!({"snapshot": {"volume_id": volume, "name": name}});
        let id = self.post("/snapshots", body).await.expect(202).text("/snapshot/id");
        let available = |a: &Answer| a.body["snapshot"]["status"] == "available";
        self.until(&format!("/snapshots/{id}"), available).await;
        id
    }

    /// An action on a volume.
    pub async fn act(&self, volume: &str, body: Value) -> Answer {
        self.post(&format!("/volumes/{volume}/action"), body).await
    }

    /// The id of an image.
    pub async fn image(&self, name: &str) -> String {
        let path = format!("/image/v2/images?name={name}");
        self.cloud.get(&path, &self.token).await.text("/images/0/id")
    }
}
