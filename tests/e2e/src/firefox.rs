//! Firefox without geckodriver: a small WebDriver server that hands each command on to Firefox's own remote control
//! (Marionette), as geckodriver does.
//!
//! geckodriver has no package, and compiling it takes four minutes of processor time on every fresh machine; what our journeys
//! need of it is a table of thirty commands, whose names and parameters Marionette shares with WebDriver. The
//! protocol: `length:[0, id, command, parameters]` and `length:[1, id, error, result]` over TCP
//! (firefox-source-docs.mozilla.org/testing/marionette/Protocol.html). Deliberately not here: several sessions, printing,
//! frames, cookies, alerts.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex as Shared};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use crate::Trouble;

/// What the page wrote to its console, a line each.
pub(crate) type Log = Arc<Shared<Vec<String>>>;

/// A headless Firefox and the server that speaks for it.
pub(crate) struct Firefox {
    /// Where WebDriver is spoken.
    pub url: String,
    /// The page's console.
    pub log: Log,
    process: Child,
}

/// Nothing asks, nothing is fetched from Mozilla, the console goes to standard output.
const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
user_pref("devtools.console.stdout.content", true);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage", "about:blank");
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.disable_beforeunload", true);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,none");
user_pref("signon.autofillForms", false);
user_pref("signon.rememberSignons", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("ui.systemUsesDarkTheme", 0);
"#;

impl Firefox {
    /// Starts Firefox with an empty profile in `profile`, and the server.
    ///
    /// # Errors
    /// When there is no Firefox, or it does not open its remote control within 60 s.
    pub async fn start(profile: &Path) -> Result<Self, Trouble> {
        tokio::fs::write(profile.join("user.js"), PREFERENCES).await?;
        let (mut process, program) = spawn(profile)?;
        let log = Log::default();
        let output = process.stdout.take().ok_or("Firefox has no output")?;
        let kept = Arc::clone(&log);
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(mut kept) = kept.lock() {
                    kept.push(line);
                }
            }
        });
        let marionette =
            tokio::time::timeout(Duration::from_secs(60), connect(profile))
                .await
                .map_err(|_| format!("{program} opened no remote control within 60 s"))??;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = Router::new().fallback(answer).with_state(Arc::new(Mutex::new(marionette)));
        tokio::spawn(async move { axum::serve(listener, server).await });
        Ok(Self { url, log, process })
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub async fn end(mut self) -> Result<(), Trouble> {
        Ok(self.process.kill().await?)
    }
}

fn spawn(profile: &Path) -> Result<(Child, String), Trouble> {
    let named = std::env::var("FIREFOX").ok();
    let names = named.as_deref().map_or_else(|| vec!["firefox-esr", "firefox"], |name| vec![name]);
    for name in names {
        let started = Command::new(name)
            .args([
                "--headless",
                "--no-remote",
                "--marionette",
                "--width",
                "1440",
                "--height",
                "1000",
            ])
            .arg("--profile")
            .arg(profile)
            // Else a Firefox that is run by root in another user's home refuses to start.
            .env("HOME", profile)
            .env("MOZ_CRASHREPORTER_DISABLE", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        match started {
            Ok(process) => return Ok((process, name.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("cannot start {name}: {error}").into()),
        }
    }
    Err("there is no Firefox. `tools/setup-browsers` installs it, or set FIREFOX".into())
}

/// Firefox writes the port it has chosen into its profile.
async fn connect(profile: &Path) -> Result<Marionette, Trouble> {
    loop {
        if let Ok(text) = tokio::fs::read_to_string(profile.join("MarionetteActivePort")).await
            && let Ok(port) = text.trim().parse::<u16>()
            && let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await
        {
            let mut marionette = Marionette { stream: BufReader::new(stream), last: 0 };
            // It greets first.
            marionette.receive().await?;
            return Ok(marionette);
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

struct Marionette {
    stream: BufReader<TcpStream>,
    last: u64,
}

impl Marionette {
    /// The result, or Firefox's error.
    async fn call(
        &mut self,
        command: &str,
        parameters: Value,
    ) -> Result<Result<Value, Value>, Trouble> {
        self.last += 1;
        let text = json!([0, self.last, command, parameters]).to_string();
        self.stream.get_mut().write_all(format!("{}:{text}", text.len()).as_bytes()).await?;
        loop {
            let mut answer = self.receive().await?;
            if answer.get(1) != Some(&json!(self.last)) {
                continue;
            }
            let error = answer.get_mut(2).map(Value::take).unwrap_or_default();
            if !error.is_null() {
                return Ok(Err(error));
            }
            return Ok(Ok(answer.get_mut(3).map(Value::take).unwrap_or_default()));
        }
    }

    async fn receive(&mut self) -> Result<Value, Trouble> {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length).await?;
        length.pop();
        let length: usize = std::str::from_utf8(&length)?.parse()?;
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).await?;
        Ok(serde_json::from_slice(&text)?)
    }
}

async fn answer(
    State(marionette): State<Arc<Mutex<Marionette>>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    let parameters: Value = serde_json::from_slice(&body).unwrap_or_else(|_| json!({}));
    let Some((command, parameters)) = command(&method, uri.path(), parameters) else {
        let text =
            format!("{method} {} is not handed on: add it to tests/e2e/src/firefox.rs", uri.path());
        return reply(
            StatusCode::NOT_FOUND,
            json!({ "error": "unknown command", "message": text, "stacktrace": "" }),
        );
    };
    match marionette.lock().await.call(command, parameters).await {
        Ok(Ok(result)) => reply(StatusCode::OK, unwrapped(command, result)),
        Ok(Err(error)) => {
            let status = match error.get("error").and_then(Value::as_str) {
                Some(
                    "no such element"
                    | "stale element reference"
                    | "invalid session id"
                    | "no such window",
                ) => StatusCode::NOT_FOUND,
                Some("javascript error" | "unknown error" | "timeout" | "script timeout")
                | None => StatusCode::INTERNAL_SERVER_ERROR,
                Some(_) => StatusCode::BAD_REQUEST,
            };
            reply(status, error)
        }
        Err(trouble) => {
            let text = format!("Firefox does not answer: {trouble}");
            reply(
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "error": "unknown error", "message": text, "stacktrace": "" }),
            )
        }
    }
}

fn reply(status: StatusCode, value: Value) -> Response {
    (status, axum::Json(json!({ "value": value }))).into_response()
}

/// Marionette wraps most results once more.
fn unwrapped(command: &str, mut result: Value) -> Value {
    if command == "WebDriver:NewSession" {
        return result;
    }
    match result.as_object_mut() {
        Some(object) if object.len() == 1 && object.contains_key("value") => {
            object.remove("value").unwrap_or_default()
        }
        _ => result,
    }
}

/// WebDriver's method and path as Marionette's command, the element and names in the path as parameters.
fn command(method: &Method, path: &str, mut parameters: Value) -> Option<(&'static str, Value)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let post = method == Method::POST;
    let delete = method == Method::DELETE;
    let mut put = |name: &str, value: &str| {
        if let Some(parameters) = parameters.as_object_mut() {
            parameters.insert(name.to_owned(), json!(value));
        }
    };
    let name = match segments.get(2..).unwrap_or_default() {
        // Capabilities of our own are not needed: whatever Firefox starts with is right.
        [] if post => {
            return Some(("WebDriver:NewSession", json!({ "strictFileInteractability": false })));
        }
        [] if delete => "WebDriver:DeleteSession",
        ["url"] if post => "WebDriver:Navigate",
        ["url"] => "WebDriver:GetCurrentURL",
        ["back"] => "WebDriver:Back",
        ["forward"] => "WebDriver:Forward",
        ["refresh"] => "WebDriver:Refresh",
        ["title"] => "WebDriver:GetTitle",
        ["window"] => "WebDriver:GetWindowHandle",
        ["window", "rect"] if post => "WebDriver:SetWindowRect",
        ["window", "rect"] => "WebDriver:GetWindowRect",
        ["timeouts"] if post => "WebDriver:SetTimeouts",
        ["timeouts"] => "WebDriver:GetTimeouts",
        ["execute", "sync"] => "WebDriver:ExecuteScript",
        ["execute", "async"] => "WebDriver:ExecuteAsyncScript",
        ["screenshot"] => return Some(("WebDriver:TakeScreenshot", json!({ "full": false }))),
        ["actions"] if delete => "WebDriver:ReleaseActions",
        ["actions"] => "WebDriver:PerformActions",
        ["element"] => "WebDriver:FindElement",
        ["elements"] => "WebDriver:FindElements",
        ["element", "active"] => "WebDriver:GetActiveElement",
        ["element", id, rest @ ..] => {
            let searches = matches!(rest, ["element" | "elements"]);
            put(if searches { "element" } else { "id" }, id);
            match rest {
                ["element"] => "WebDriver:FindElement",
                ["elements"] => "WebDriver:FindElements",
                ["click"] => "WebDriver:ElementClick",
                ["clear"] => "WebDriver:ElementClear",
                ["value"] => "WebDriver:ElementSendKeys",
                ["text"] => "WebDriver:GetElementText",
                ["name"] => "WebDriver:GetElementTagName",
                ["rect"] => "WebDriver:GetElementRect",
                ["selected"] => "WebDriver:IsElementSelected",
                ["enabled"] => "WebDriver:IsElementEnabled",
                ["displayed"] => "WebDriver:IsElementDisplayed",
                ["computedrole"] => "WebDriver:GetComputedRole",
                ["computedlabel"] => "WebDriver:GetComputedLabel",
                ["attribute", name] => {
                    put("name", name);
                    "WebDriver:GetElementAttribute"
                }
                ["property", name] => {
                    put("name", name);
                    "WebDriver:GetElementProperty"
                }
                ["css", name] => {
                    put("propertyName", name);
                    "WebDriver:GetElementCSSValue"
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    Some((name, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_commands() {
        let check = |method: Method, path: &str, body: Value, name: &str, expected: Value| {
            assert_eq!(command(&method, path, body), Some((name, expected)), "{path}");
        };
        check(
            Method::GET,
            "/session/1/element/e-7/attribute/href",
            json!({}),
            "WebDriver:GetElementAttribute",
            json!({ "id": "e-7", "name": "href" }),
        );
        check(
            Method::POST,
            "/session/1/element/e-7/elements",
            json!({ "using": "css selector", "value": "a" }),
            "WebDriver:FindElements",
            json!({ "using": "css selector", "value": "a", "element": "e-7" }),
        );
        check(Method::GET, "/session/1/url", json!({}), "WebDriver:GetCurrentURL", json!({}));
        assert_eq!(command(&Method::GET, "/session/1/print", json!({})), None);
    }
}
