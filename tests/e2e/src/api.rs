//! What is really in the cloud, asked as any client asks: a page may say what it likes.

use std::ops::Range;
use std::path::Path;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{Outcome, Stage, Trouble};

/// The container of uploads (`docs/uploads.md`).
pub const CONTAINER: &str = "slipway-uploads";

/// A client of its own, signed in.
pub struct Api {
    http: reqwest::Client,
    /// Keystone's address, with `/v3`.
    auth_url: String,
    /// The public endpoints: type and address.
    services: Vec<(String, String)>,
    token: String,
    project: String,
    user: String,
}

/// An object of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its whole name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

impl Stage {
    /// Asks the cloud beside the page, as the user `demo` in the project `demo`.
    ///
    /// # Errors
    /// When the cloud does not let it in.
    pub async fn api(&self) -> Result<Api, Trouble> {
        Api::sign_in(&self.cloud.url()).await
    }
}

impl Api {
    /// Signs in as `demo` at the devcloud of that address.
    ///
    /// # Errors
    /// When the cloud does not let it in.
    pub async fn sign_in(url: &str) -> Result<Self, Trouble> {
        let auth_url = format!("{}/identity/v3", url.trim_end_matches('/'));
        Self::sign_in_at(&auth_url, "demo", "demo").await
    }

    /// Signs in at that Keystone, as one of the users with the password of these tests.
    ///
    /// # Errors
    /// When the cloud does not let it in.
    pub async fn sign_in_at(auth_url: &str, user: &str, project: &str) -> Result<Self, Trouble> {
        let http = reqwest::Client::new();
        let ask = json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": {
                "name": user, "password": "demo-secret", "domain": { "id": "default" } } } },
            "scope": { "project": { "name": project, "domain": { "id": "default" } } } } });
        let answer = http.post(format!("{auth_url}/auth/tokens")).json(&ask).send().await?;
        let token = answer.headers().get("x-subject-token").ok_or("a token")?.to_str()?.to_owned();
        let body: Value = answer.json().await?;
        let id = |pointer: &str| -> Result<String, Trouble> {
            Ok(body.pointer(pointer).and_then(Value::as_str).ok_or("an id")?.to_owned())
        };
        let (project, user) = (id("/token/project/id")?, id("/token/user/id")?);
        let services = public_endpoints(&body);
        Ok(Self { http, auth_url: auth_url.to_owned(), services, token, project, user })
    }

    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The user's id.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The project's id.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Where Keystone stands, with `/v3`.
    pub fn identity_url(&self) -> &str {
        &self.auth_url
    }

    /// Where Glance stands.
    pub fn images_url(&self) -> String {
        format!("{}/v2/images", self.service("image"))
    }

    /// Where the container of uploads stands.
    pub fn container_url(&self) -> String {
        format!("{}/{CONTAINER}", self.service("object-store"))
    }

    /// The first endpoint of that type in the catalog; empty without one, so that what is asked of it fails.
    pub fn service(&self, kind: &str) -> &str {
        let found = self.services.iter().find(|(known, _)| known == kind);
        found.map_or("", |(_, url)| url.as_str())
    }

    /// Asks with the token; the answer's status and body: `null` where there is none, a text where it is no JSON.
    ///
    /// `place` is a whole address, or the path of something at devcloud, whose Nova is then asked in its newest version.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn answer(
        &self,
        method: Method,
        place: &str,
        body: Option<Value>,
    ) -> Result<(StatusCode, Value), Trouble> {
        let mut request = if place.starts_with('/') {
            let root = self.auth_url.trim_end_matches("/identity/v3");
            let request = self.http.request(method, format!("{root}{place}"));
            request.header("openstack-api-version", "compute 2.96")
        } else {
            self.http.request(method, place)
        };
        request = request.header("x-auth-token", &self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if text.is_empty() {
            return Ok((status, Value::Null));
        }
        // Glance words its refusals in HTML.
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// The body of an [`answer`](Self::answer) that is no refusal.
    ///
    /// # Errors
    /// When the cloud refuses, in its own words.
    pub async fn ask(
        &self,
        method: Method,
        place: &str,
        body: Option<Value>,
    ) -> Result<Value, Trouble> {
        let (status, body) = self.answer(method.clone(), place, body).await?;
        if status.is_success() {
            return Ok(body);
        }
        Err(format!("{method} {place}: {status} {body}").into())
    }

    /// The images of that name, whatever their state, hidden ones too.
    ///
    /// # Errors
    /// When the cloud does not answer with a list.
    pub async fn images(&self, name: &str) -> Result<Vec<Value>, Trouble> {
        let mut found = Vec::new();
        for hidden in ["false", "true"] {
            let answer = self
                .http
                .get(self.images_url())
                .query(&[("name", name), ("os_hidden", hidden)])
                .header("x-auth-token", &self.token)
                .send()
                .await?
                .error_for_status()?;
            let body: Value = answer.json().await?;
            found.extend(body.get("images").and_then(Value::as_array).cloned().unwrap_or_default());
        }
        Ok(found)
    }

    /// The one image of that name, if it is active.
    ///
    /// # Errors
    /// When there are several, or the cloud does not answer.
    pub async fn active(&self, name: &str) -> Result<Option<Value>, Trouble> {
        let images = self.images(name).await?;
        if images.len() > 1 {
            return Err(format!("{} images are called {name}", images.len()).into());
        }
        let active = |image: &Value| image.get("status").and_then(Value::as_str) == Some("active");
        Ok(images.into_iter().find(active))
    }

    /// Makes an empty record of a raw image; its id.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn make_image(&self, name: &str) -> Result<String, Trouble> {
        let made: Value = self
            .http
            .post(self.images_url())
            .header("x-auth-token", &self.token)
            .json(&record(name))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        Ok(made.get("id").and_then(Value::as_str).ok_or("no record")?.to_owned())
    }

    /// Gives a record its data.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn put_image(&self, id: &str, data: Vec<u8>) -> Result<(), Trouble> {
        self.http
            .put(format!("{}/{id}/file", self.images_url()))
            .header("x-auth-token", &self.token)
            .header("content-type", "application/octet-stream")
            .body(data)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Makes empty records, named `{prefix}-00000` and on, eight at a time.
    ///
    /// # Errors
    /// When the cloud refuses one.
    pub async fn make_images(&self, prefix: &str, numbers: Range<usize>) -> Result<(), Trouble> {
        let mut all = tokio::task::JoinSet::new();
        for number in numbers {
            if all.len() == 8 {
                all.join_next().await.ok_or("a request under way")???;
            }
            let request = self
                .http
                .post(self.images_url())
                .header("x-auth-token", &self.token)
                .json(&record(&format!("{prefix}-{number:05}")));
            all.spawn(async move { request.send().await?.error_for_status().map(drop) });
        }
        while let Some(made) = all.join_next().await {
            made??;
        }
        Ok(())
    }

    /// How many images of the project have a name that begins so.
    ///
    /// # Errors
    /// When the cloud does not answer with lists.
    pub async fn count_images(&self, prefix: &str) -> Result<usize, Trouble> {
        let root = self.service("image").to_owned();
        let mut next = Some(format!("/v2/images?limit=1000&owner={}", self.project));
        let mut count = 0;
        while let Some(path) = next {
            let page = self.ask(Method::GET, &format!("{root}{path}"), None).await?;
            let images = page.get("images").and_then(Value::as_array).ok_or("no list")?;
            let named = |image: &&Value| {
                let name = image.get("name").and_then(Value::as_str);
                name.is_some_and(|name| name.starts_with(prefix))
            };
            count += images.iter().filter(named).count();
            // Glance says the path; devcloud, below a prefix, says it with the prefix.
            next = page.get("next").and_then(Value::as_str).map(|path| {
                path.find("/v2/").and_then(|at| path.get(at..)).unwrap_or(path).to_owned()
            });
        }
        Ok(count)
    }

    /// The image of that name is active in the cloud and holds the file's bytes, by the cloud's own SHA-512.
    ///
    /// # Errors
    /// Says what is otherwise.
    pub async fn holds_the_file(&self, name: &str, file: &Path) -> Result<(), Trouble> {
        let image = self.active(name).await?.ok_or_else(|| format!("{name} is not active"))?;
        let said = Command::new("sha512sum").arg(file).output().await?;
        let ours = String::from_utf8_lossy(&said.stdout);
        let ours = ours.split_whitespace().next().ok_or("sha512sum says nothing")?;
        let size = tokio::fs::metadata(file).await?.len();
        let theirs = image.get("os_hash_value").and_then(Value::as_str);
        if theirs != Some(ours) || image.get("size").and_then(Value::as_u64) != Some(size) {
            return Err(format!("{name} is not the file of {size} bytes {ours}: {image}").into());
        }
        Ok(())
    }

    /// Changes an image as a colleague would, by a JSON patch.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn change_image(&self, id: &str, changes: Value) -> Outcome {
        self.http
            .patch(format!("{}/{id}", self.images_url()))
            .header("x-auth-token", &self.token)
            .header("content-type", "application/openstack-images-v2.1-json-patch")
            .body(changes.to_string())
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Removes an image.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn delete_image(&self, id: &str) -> Result<(), Trouble> {
        self.delete(format!("{}/{id}", self.images_url())).await
    }

    /// What is in the container under that prefix; nothing when there is no container, or no object store.
    ///
    /// # Errors
    /// When the store does not answer with a list.
    pub async fn objects(&self, prefix: &str) -> Result<Vec<Object>, Trouble> {
        if self.service("object-store").is_empty() {
            return Ok(Vec::new());
        }
        let answer = self
            .http
            .get(self.container_url())
            .query(&[("format", "json"), ("prefix", prefix)])
            .header("x-auth-token", &self.token)
            .send()
            .await?;
        if answer.status() == 404 {
            return Ok(Vec::new());
        }
        let rows: Vec<Value> = answer.error_for_status()?.json().await?;
        let object = |row: &Value| {
            Some(Object {
                name: row.get("name")?.as_str()?.to_owned(),
                bytes: row.get("bytes")?.as_u64()?,
            })
        };
        Ok(rows.iter().filter_map(object).collect())
    }

    /// Makes the container if need be, and sets headers of it.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn set_container(&self, headers: &[(&str, &str)]) -> Result<(), Trouble> {
        let mut request = self.http.put(self.container_url()).header("x-auth-token", &self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Puts an object.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put_object(&self, name: &str, body: Vec<u8>) -> Result<(), Trouble> {
        let url = format!("{}/{name}", self.container_url());
        self.http
            .put(url)
            .header("x-auth-token", &self.token)
            .body(body)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Removes an object.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn delete_object(&self, name: &str) -> Result<(), Trouble> {
        self.delete(format!("{}/{name}", self.container_url())).await
    }

    async fn delete(&self, url: String) -> Result<(), Trouble> {
        self.http
            .delete(url)
            .header("x-auth-token", &self.token)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }
}

fn record(name: &str) -> Value {
    json!({ "name": name, "disk_format": "raw", "container_format": "bare" })
}

/// Type and address of the public endpoints in a token's body, slash at the end or not as it may be.
fn public_endpoints(body: &Value) -> Vec<(String, String)> {
    let list = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut found = Vec::new();
    for service in list(body.get("token").unwrap_or(&Value::Null), "catalog") {
        for endpoint in list(&service, "endpoints") {
            if text(&endpoint, "interface").as_deref() == Some("public")
                && let (Some(kind), Some(url)) = (text(&service, "type"), text(&endpoint, "url"))
            {
                found.push((kind, url.trim_end_matches('/').to_owned()));
            }
        }
    }
    found
}
