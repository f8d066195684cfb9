//! The object store of a test's cloud.

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Answer, Cloud};

/// The origin of a page that is not the cloud's own.
pub const PAGE: &str = "http://localhost:8080";

/// Somebody in front of an account.
pub struct Objects<'a> {
    /// The cloud.
    pub cloud: &'a Cloud,
    /// Theirs.
    pub token: String,
    /// `/object-store/v1/AUTH_…`
    pub root: String,
}

impl<'a> Objects<'a> {
    /// Signs in; the account is that of the project `demo`.
    pub async fn of(cloud: &'a Cloud, user: &str) -> Self {
        Self::in_project(cloud, user, "demo").await
    }

    /// Signs in to a project; the account is that of `demo` all the same.
    pub async fn in_project(cloud: &'a Cloud, user: &str, project: &str) -> Self {
        let token = cloud.sign_in(user, project).await;
        let root = format!("/object-store/v1/AUTH_{}", devcloud::well_known::PROJECT_DEMO);
        Self { cloud, token, root }
    }

    /// The same account without a token.
    pub fn nobody(&self) -> Objects<'a> {
        Objects { cloud: self.cloud, token: String::new(), root: self.root.clone() }
    }

    /// A request from a page of [`PAGE`], below the account.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let path = format!("{}{path}", self.root);
        self.cloud.request(method, &path, &self.token).header("origin", PAGE)
    }

    /// Sends it without a body.
    pub async fn send(&self, method: &str, path: &str) -> Answer {
        Answer::of(self.request(method, path).send().await.unwrap()).await
    }

    /// Sends it with headers; a `PUT` with one byte.
    pub async fn with(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(method, path);
        if method == "PUT" {
            request = request.body("x");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// `PUT` of bytes.
    pub async fn put(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request("PUT", path).header("content-type", "application/octet-stream");
        Answer::of(request.body(body.into()).send().await.unwrap()).await
    }

    /// `PUT` of a manifest.
    pub async fn manifest(&self, path: &str, segments: Value) -> Answer {
        let request =
            self.request("PUT", &format!("{path}?multipart-manifest=put")).json(&segments);
        Answer::of(request.send().await.unwrap()).await
    }

    /// `GET` of bytes; fails when they do not all come.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, reqwest::Error> {
        let response = self.request("GET", path).send().await?.error_for_status()?;
        Ok(response.bytes().await?.to_vec())
    }

    /// Names in a container.
    pub async fn names(&self, path: &str) -> Vec<String> {
        let answer = self.send("GET", path).await;
        assert!(matches!(answer.status, 200 | 204), "{answer:#?}");
        // A listing that happens to be one number is text as well.
        match &answer.body {
            Value::String(text) => text.lines().map(str::to_owned).collect(),
            Value::Null => Vec::new(),
            other => vec![other.to_string()],
        }
    }

    /// A signed URL, good for ten minutes of the cloud's clock.
    pub fn temp_url(&self, method: &str, path: &str, key: &str) -> String {
        let end = self.now() + 600;
        let signed = self.root.strip_prefix("/object-store").unwrap();
        let signature = sign(key, &format!("{method}\n{end}\n{signed}{path}"));
        format!("{path}?temp_url_sig={signature}&temp_url_expires={end}")
    }

    /// Now, on the cloud's clock.
    pub fn now(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        now + self.cloud.devcloud.clock().shifted_by().as_secs()
    }
}

/// HMAC-SHA256 in hex.
pub fn sign(key: &str, message: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// MD5 in hex.
pub fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A manifest's entry for an object with these bytes.
pub fn segment(path: &str, bytes: &[u8]) -> Value {
    json!({"path": path, "etag": md5(bytes), "size_bytes": bytes.len()})
}

/// Whether a page of another origin may read the answer.
pub fn seen(answer: &Answer) -> bool {
    answer.header("access-control-allow-origin") == PAGE
}
