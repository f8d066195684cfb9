//! What devcloud's tests share: a cloud of their own on a free port, an HTTP client for it, and (in
//! `contract.rs`) the comparison with samples of a real cloud.
//!
//! Use: `let cloud = Cloud::start().await;`, `let token =
//! cloud.sign_in("demo", "demo").await;`, `let answer = cloud.get("/image/v2/images",
//! &token).await;`.

pub mod cli;
pub mod contract;
pub mod objects;
pub mod servers;
pub mod volumes;

use std::time::{Duration, Instant};

use devcloud::{Devcloud, Options};
use serde_json::{Value, json};

/// How long [`Cloud::until`] waits for what it was told to see.
const PATIENCE: Duration = Duration::from_secs(20);

/// A cloud of one test's own; its folder goes when this is dropped.
pub struct Cloud {
    /// The cloud itself: `.faults()`, `.clock()`, `.regions()`.
    pub devcloud: Devcloud,
    /// A client that follows no redirect and keeps no cookie.
    pub http: reqwest::Client,
    folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body: parsed when it is JSON, a JSON string when it is text or bytes, null when it is
    /// empty.
    pub body: Value,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        let body = match (bytes.is_empty(), serde_json::from_slice(&bytes)) {
            (true, _) => Value::Null,
            (false, Ok(body)) => body,
            (false, Err(_)) => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
        };
        Self { status, headers, body }
    }

    /// A header's value, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Fails with the whole answer unless it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// The string at a JSON pointer (`/image/id`).
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no string at {pointer} in {:#}", self.body)).to_owned()
    }
}

impl Cloud {
    /// A cloud at pace 0: state changes happen at once.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other options.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path());
        options.pace = 0.0;
        change(&mut options);
        let devcloud = devcloud::start(options).await.unwrap();
        Self { devcloud, http: client(), folder }
    }

    /// Stops the cloud and starts it again on the same folder.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// Stops the cloud and starts it again on the same folder with other options.
    pub async fn restart_with(self, change: impl FnOnce(&mut Options)) -> Self {
        let Self { devcloud, http, folder } = self;
        devcloud.stop().await;
        let mut options = Options::new(folder.path());
        options.pace = 0.0;
        change(&mut options);
        Self { devcloud: devcloud::start(options).await.unwrap(), http, folder }
    }

    /// The folder with its data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The URL of a path, for example `/image/v2/images`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.devcloud.url())
    }

    /// A token for a seeded user and project.
    pub async fn sign_in(&self, user: &str, project: &str) -> String {
        let scope = json!({"project": {"name": project, "domain": {"id": "default"}}});
        let answer = self.authenticate(password_auth(user, Some(scope))).await.expect(201);
        answer.header("x-subject-token").to_owned()
    }

    /// `POST /identity/v3/auth/tokens` with this body.
    pub async fn authenticate(&self, body: Value) -> Answer {
        Answer::of(
            self.http.post(self.url("/identity/v3/auth/tokens")).json(&body).send().await.unwrap(),
        )
        .await
    }

    /// A request with a token and perhaps a JSON body. `method` is `GET`, `POST` ...
    pub async fn send(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, path, token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// A request to be furnished further: headers, a raw body.
    pub fn request(&self, method: &str, path: &str, token: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method.parse().unwrap(), self.url(path));
        if token.is_empty() { request } else { request.header("x-auth-token", token) }
    }

    /// `GET` with a token.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, None).await
    }

    /// `POST` of JSON with a token.
    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send("POST", path, token, Some(body)).await
    }

    /// `DELETE` with a token.
    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send("DELETE", path, token, None).await
    }

    /// Gets the path again and again until `seen` is content with the answer, which is returned.
    /// Fails with the last answer when that takes too long.
    pub async fn until(&self, path: &str, token: &str, seen: impl Fn(&Answer) -> bool) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path, token).await;
            if seen(&answer) {
                return answer;
            }
            assert!(Instant::now() < deadline, "waited in vain at {path}: {answer:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The body of a password sign-in of a seeded user.
pub fn password_auth(user: &str, scope: Option<Value>) -> Value {
    let password = if user == "admin" { "admin-secret" } else { "demo-secret" };
    let mut body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user":
        {"name": user, "domain": {"id": "default"}, "password": password}}}}});
    if let Some(scope) = scope {
        body["auth"]["scope"] = scope;
    }
    body
}

/// A client that follows no redirect, so that tests see what was really answered.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
