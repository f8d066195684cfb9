//! What is really in the cloud, asked as any client asks: a page may say what it likes.

use serde_json::{Value, json};

use crate::{Stage, Trouble};

/// The container of uploads (`docs/uploads.md`).
pub const CONTAINER: &str = "slipway-uploads";

/// A client of its own, signed in.
pub struct Api {
    http: reqwest::Client,
    url: String,
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
    /// Signs in as `demo` at the cloud of that address.
    ///
    /// # Errors
    /// When the cloud does not let it in.
    pub async fn sign_in(url: &str) -> Result<Self, Trouble> {
        let http = reqwest::Client::new();
        let url = url.trim_end_matches('/').to_owned();
        let ask = json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": {
                "name": "demo", "password": "demo-secret", "domain": { "id": "default" } } } },
            "scope": { "project": { "name": "demo", "domain": { "id": "default" } } } } });
        let answer = http.post(format!("{url}/identity/v3/auth/tokens")).json(&ask).send().await?;
        let token = answer.headers().get("x-subject-token").ok_or("a token")?.to_str()?.to_owned();
        let body: Value = answer.json().await?;
        let id = |pointer: &str| -> Result<String, Trouble> {
            Ok(body.pointer(pointer).and_then(Value::as_str).ok_or("an id")?.to_owned())
        };
        let (project, user) = (id("/token/project/id")?, id("/token/user/id")?);
        Ok(Self { http, url, token, project, user })
    }

    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The user's id.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Where Glance stands.
    pub fn images_url(&self) -> String {
        format!("{}/image/v2/images", self.url)
    }

    /// Where the container of uploads stands.
    pub fn container_url(&self) -> String {
        format!("{}/object-store/v1/AUTH_{}/{CONTAINER}", self.url, self.project)
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
        let record = json!({ "name": name, "disk_format": "raw", "container_format": "bare" });
        let made: Value = self
            .http
            .post(self.images_url())
            .header("x-auth-token", &self.token)
            .json(&record)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        Ok(made.get("id").and_then(Value::as_str).ok_or("no record")?.to_owned())
    }

    /// Removes an image.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn delete_image(&self, id: &str) -> Result<(), Trouble> {
        self.delete(format!("{}/{id}", self.images_url())).await
    }

    /// What is in the container under that prefix; nothing when there is no container.
    ///
    /// # Errors
    /// When the store does not answer with a list.
    pub async fn objects(&self, prefix: &str) -> Result<Vec<Object>, Trouble> {
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
