//! devcloud as a program and as a web server: start, restart, kill, the app's files, CORS.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{Answer, Cloud, client, password_auth};
use devcloud::{Options, StartError};
use serde_json::json;

/// The real binary, started on a free port.
struct Binary {
    child: Child,
    url: String,
}

impl Binary {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_devcloud"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Its standard output is closed after the first line, as scripts do: it must live on.
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address in {line:?}"));
        Self { url: url.to_owned(), child }
    }

    /// SIGKILL: no destructor, no flush, nothing.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        // Both fail when it is dead already, which is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn sign_in(url: &str) -> String {
    let body = password_auth(
        "demo",
        Some(json!({"project": {"name": "demo", "domain": {"id": "default"}}})),
    );
    let answer = Answer::of(
        client().post(format!("{url}/identity/v3/auth/tokens")).json(&body).send().await.unwrap(),
    )
    .await;
    answer.expect(201).header("x-subject-token").to_owned()
}

#[tokio::test]
async fn what_was_answered_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(folder.path());
    let token = sign_in(&binary.url).await;
    let mut made = Vec::new();
    for number in 0..5 {
        let body = json!({"name": format!("survivor-{number}"), "disk_format": "raw", "container_format": "bare"});
        let request = client()
            .post(format!("{}/image/v2/images", binary.url))
            .header("x-auth-token", &token)
            .json(&body);
        let image = Answer::of(request.send().await.unwrap()).await.expect(201).text("/id");
        let request = client()
            .put(format!("{}/image/v2/images/{image}/file", binary.url))
            .header("x-auth-token", &token);
        let bytes = vec![u8::try_from(number).unwrap(); 100_000];
        let stored = request
            .header("content-type", "application/octet-stream")
            .body(bytes.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(stored.status(), 204);
        made.push((image, bytes));
    }
    binary.kill();

    let again = Binary::start(folder.path());
    for (image, bytes) in made {
        // The token of before is still good: it was answered, so it was kept.
        let get = |below: &str| {
            client()
                .get(format!("{}/image/v2/images/{image}{below}", again.url))
                .header("x-auth-token", &token)
        };
        let record = Answer::of(get("").send().await.unwrap()).await.expect(200);
        assert_eq!(record.body["status"], "active", "{record:?}");
        assert_eq!(get("/file").send().await.unwrap().bytes().await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_filling_that_was_broken_off_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    devcloud::start(Options::new(folder.path())).await.unwrap().stop().await;
    std::fs::remove_file(folder.path().join("seeded")).unwrap();
    let cloud = devcloud::start(Options::new(folder.path())).await.unwrap();
    sign_in(&cloud.url()).await;
    cloud.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let before = cloud.get("/image/v2/images?limit=100", &token).await.expect(200);
    let cloud = cloud.restart().await;
    let after = cloud.get("/image/v2/images?limit=100", &token).await.expect(200);
    assert_eq!(before.body, after.body);
}

#[tokio::test]
async fn only_loopback_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(folder.path());
    options.listen = "0.0.0.0:0".parse().unwrap();
    let refused = devcloud::start(options.clone()).await;
    assert!(matches!(refused, Err(StartError::NotLoopback(_))));
    options.allow_remote = true;
    devcloud::start(options).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_port_in_use_and_a_missing_app_are_said_in_words() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(folder.path());
    options.listen = cloud.devcloud.url().replace("http://", "").parse().unwrap();
    let Err(error) = devcloud::start(options).await else { panic!("two on one port") };
    assert!(error.to_string().contains("Choose another port"), "{error}");
    let mut options = Options::new(folder.path());
    options.app = Some(folder.path().to_owned());
    let Err(error) = devcloud::start(options).await else { panic!("an app without a page") };
    assert!(error.to_string().contains("no index.html"), "{error}");
}

/// A folder as Trunk leaves it.
fn built_app() -> tempfile::TempDir {
    let dist = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html><title>Slipway</title>"),
        ("slipway-0123456789abcdef.js", "export {}"),
        ("slipway-0123456789abcdef.js.br", "as if brotli"),
        ("slipway-0123456789abcdef.js.gz", "as if gzip"),
        ("favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ] {
        std::fs::write(dist.path().join(name), content).unwrap();
    }
    dist
}

#[tokio::test]
async fn the_app_is_served_as_a_cdn_would() {
    let dist = built_app();
    let cloud = Cloud::with(|options| options.app = Some(dist.path().to_owned())).await;
    let page = async |path: &str| {
        let request = cloud.request("GET", path, "").header("accept", "text/html,*/*;q=0.8");
        Answer::of(request.send().await.unwrap()).await
    };
    for path in
        ["/", "/index.html", "/images", "/images/some-id?tab=x", "/instances/launch?image=1"]
    {
        let answer = page(path).await.expect(200);
        assert_eq!(answer.body, json!("<!doctype html><title>Slipway</title>"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("script-src 'self' 'wasm-unsafe-eval'")
        );
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    }
    let hashed = page("/slipway-0123456789abcdef.js").await.expect(200);
    assert!(hashed.header("cache-control").contains("immutable"));
    assert_eq!(page("/favicon.svg").await.expect(200).header("cache-control"), "no-cache");
    for missing in
        ["/gone-0123456789abcdef.js", "/dev-2/object-storage", "/placement", "/dev-2/identity/v3"]
    {
        page(missing).await.expect(404);
    }
    for outside in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%2fCargo.toml"] {
        let answer = page(outside).await;
        assert!(!answer.body.to_string().contains("[package]"), "{outside}: {answer:?}");
    }
    assert_eq!(cloud.send("POST", "/images", "", None).await.status, 405);
}

#[tokio::test]
async fn the_policy_in_the_header_is_that_of_the_page() {
    let dist = built_app();
    let cloud = Cloud::with(|options| options.app = Some(dist.path().to_owned())).await;
    let answer = cloud.get("/", "").await.expect(200);
    let policy =
        answer.header("content-security-policy").strip_suffix("; frame-ancestors 'none'").unwrap();
    let page = include_str!("../../../../index.html");
    assert!(
        page.contains(&format!("http-equiv=\"Content-Security-Policy\" content=\"{policy}\"")),
        "{policy}"
    );
}

/// Whom the page may call, as a server block of nginx says it.
fn called(server: &str) -> &str {
    let set = server.lines().find_map(|line| line.trim().strip_prefix("set $slipway_connect \""));
    set.unwrap().trim_end_matches("\";")
}

/// Headers of an answer: name and value.
type Headers = Vec<(String, String)>;

/// The headers for every file in `docs/hosting/_headers`, and those that nginx sends for a host of files alone.
fn advised() -> (Headers, Headers) {
    let block = include_str!("../../../../docs/hosting/_headers").split("\n/*\n").nth(1).unwrap();
    let headers = block.lines().map_while(|line| line.strip_prefix("  ")?.split_once(": "));
    let open = called(include_str!("../../../../docs/hosting/cdn.conf"));
    let nginx = include_str!("../../../../docs/hosting/console.conf");
    let nginx = nginx.replace("$slipway_connect", open);
    let nginx = nginx.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("add_header ")?.split_once(' ')?;
        let value = value.strip_suffix(';').unwrap_or(value);
        Some((name, value.strip_suffix(" always")?.trim_matches('"')))
    });
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    (headers.map(owned).collect(), nginx.map(owned).collect())
}

#[tokio::test]
async fn devcloud_nginx_and_cdns_send_the_same_headers() {
    let (headers, nginx) = advised();
    assert_eq!(headers, nginx, "docs/hosting: _headers and console.conf");
    assert_eq!(called(include_str!("../../../../docs/hosting/gateway.conf")), "'self'");
    for name in [
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "Cross-Origin-Opener-Policy",
        "Strict-Transport-Security",
    ] {
        assert!(headers.iter().any(|(known, _)| known == name), "{name}");
    }
    let dist = built_app();
    let cloud = Cloud::with(|options| options.app = Some(dist.path().to_owned())).await;
    for path in ["/", "/images", "/slipway-0123456789abcdef.js", "/gone.js", "/config.json"] {
        let plain = cloud.get(path, "").await;
        let request = cloud.request("GET", path, "").header("x-forwarded-proto", "https");
        let behind_tls = Answer::of(request.send().await.unwrap()).await;
        for (name, value) in &headers {
            assert_eq!(behind_tls.header(name), value, "{path}");
            let without_tls = if name == "Strict-Transport-Security" { "" } else { value };
            assert_eq!(plain.header(name), without_tls, "{path}");
        }
    }
}

#[tokio::test]
async fn precompressed_files_are_used_by_who_takes_them() {
    let dist = built_app();
    let cloud = Cloud::with(|options| options.app = Some(dist.path().to_owned())).await;
    for (accepts, encoding, content) in
        [("br, gzip", "br", "as if brotli"), ("gzip", "gzip", "as if gzip"), ("", "", "export {}")]
    {
        let request = cloud
            .request("GET", "/slipway-0123456789abcdef.js", "")
            .header("accept-encoding", accepts);
        let answer = Answer::of(request.send().await.unwrap()).await.expect(200);
        assert_eq!(
            (answer.header("content-encoding"), &answer.body),
            (encoding, &json!(content)),
            "{accepts}"
        );
        assert!(answer.headers["content-type"].to_str().unwrap().contains("javascript"));
    }
}

#[tokio::test]
async fn the_configuration_points_the_app_at_this_cloud() {
    let cloud = Cloud::start().await;
    let config = cloud.get("/config.json", "").await.expect(200);
    assert_eq!(config.body["clouds"][0]["auth_url"], "/identity/v3");
    assert_eq!(config.body["clouds"][0]["region"], "dev-1");
    assert_eq!(config.header("cache-control"), "no-cache");
    assert!(cloud.get("/", "").await.expect(404).body.to_string().contains("--app"));
}

#[tokio::test]
async fn without_a_foreign_origin_no_word_of_cors_and_with_one_only_for_it() {
    let ours = "http://localhost:3000";
    let silent = Cloud::start().await;
    let request = silent.request("GET", "/identity/v3", "").header("origin", ours);
    assert!(!request.send().await.unwrap().headers().contains_key("access-control-allow-origin"));

    let cloud = Cloud::with(|options| options.cors_origin = Some(ours.into())).await;
    let get = async |path: &str, origin: &str| {
        Answer::of(cloud.request("GET", path, "").header("origin", origin).send().await.unwrap())
            .await
    };
    let version = get("/identity/v3", ours).await;
    assert_eq!(version.header("access-control-allow-origin"), ours);
    assert_eq!(version.header("vary"), "X-Auth-Token,Origin");
    let refused = get("/image/v2/images", ours).await.expect(401);
    assert_eq!(refused.header("access-control-allow-origin"), ours, "a 401 can be read as well");
    assert!(!refused.header("access-control-expose-headers").contains("Location"));
    assert_eq!(
        get("/identity/v3", "http://evil.example").await.header("access-control-allow-origin"),
        ""
    );
}
