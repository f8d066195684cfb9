//! Uploads that go wrong on the way, imports by URL, and what a restart makes of them.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::{Answer, Cloud};
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::{Value, json};

const OCTETS: &str = "application/octet-stream";

async fn create(cloud: &Cloud, token: &str, name: &str) -> String {
    let body = json!({"name": name, "disk_format": "raw", "container_format": "bare"});
    cloud.post("/image/v2/images", token, body).await.expect(201).text("/id")
}

async fn put(
    cloud: &Cloud,
    token: &str,
    id: &str,
    what: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = cloud.request("PUT", &format!("/image/v2/images/{id}/{what}"), token);
    Answer::of(request.header("content-type", OCTETS).body(body).send().await.unwrap()).await
}

fn has_status(status: &'static str) -> impl Fn(&Answer) -> bool {
    move |answer| answer.body["status"] == status
}

/// Sends the head of a PUT that promises 2 MiB, and half of it; hanging up is the caller's.
fn half_a_put(address: &str, path: &str, token: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {token}\r\nContent-Type: {OCTETS}\r\nContent-Length: 2097152\r\n\r\n"
    )
    .unwrap();
    socket.write_all(&vec![7; 1 << 20]).unwrap();
    socket
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_the_image_queued_and_a_retry_succeeds() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    for (what, under_way) in [("file", "saving"), ("stage", "uploading")] {
        let id = create(&cloud, &token, "broken").await;
        let path = format!("/image/v2/images/{id}");
        let address = cloud.devcloud.url().replace("http://", "");
        let socket = half_a_put(&address, &format!("{path}/{what}"), &token);
        cloud.until(&path, &token, has_status(under_way)).await;
        drop(socket);
        let queued = cloud.until(&path, &token, has_status("queued")).await;
        assert_eq!((&queued.body["size"], &queued.body["checksum"]), (&Value::Null, &Value::Null));
        assert!(queued.body.get("stores").is_none());
        put(&cloud, &token, &id, what, vec![7; 2 << 20]).await.expect(204);
        let done = if what == "file" { "active" } else { "uploading" };
        let image = cloud.get(&path, &token).await;
        assert_eq!((&image.body["status"], &image.body["size"]), (&json!(done), &json!(2 << 20)));
    }
}

#[tokio::test]
async fn an_image_that_is_deleted_during_its_upload_is_gone() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let id = create(&cloud, &token, "deleted").await;
    let path = format!("/image/v2/images/{id}");
    let (send, receive) = tokio::sync::mpsc::channel::<Result<Bytes, Infallible>>(1);
    let pieces = futures_util::stream::unfold(receive, |mut r| async {
        r.recv().await.map(|piece| (piece, r))
    });
    let upload = cloud.request("PUT", &format!("{path}/file"), &token);
    let upload = tokio::spawn(
        upload.header("content-type", OCTETS).body(reqwest::Body::wrap_stream(pieces)).send(),
    );
    send.send(Ok(Bytes::from(vec![7; 100_000]))).await.unwrap();
    cloud.until(&path, &token, has_status("saving")).await;
    cloud.delete(&path, &token).await.expect(204);
    send.send(Ok(Bytes::from(vec![7; 100_000]))).await.unwrap();
    drop(send);
    let answer = Answer::of(upload.await.unwrap().unwrap()).await.expect(410);
    assert!(
        answer.body.to_string().contains("The image may have been deleted during the upload"),
        "{answer:?}"
    );
    assert!(!cloud.folder().join("dev-1/images").join(&id).exists());
}

#[tokio::test]
async fn a_promised_size_is_held_against_what_came() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let id = create(&cloud, &token, "short").await;
    let path = format!("/image/v2/images/{id}");
    let request =
        cloud.request("PUT", &format!("{path}/file"), &token).header("content-type", OCTETS);
    let short = request.header("x-openstack-image-size", "5").body("1234").send().await.unwrap();
    assert_eq!(short.status().as_u16(), 400);
    cloud.until(&path, &token, has_status("queued")).await;
    put(&cloud, &token, &id, "file", "12345").await.expect(204);
}

#[tokio::test]
async fn names_that_fail_do() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let path = |id: &str| format!("/image/v2/images/{id}");
    let data = vec![7; 3 << 20];

    let id = create(&cloud, &token, "fail-quota-1").await;
    let refused = put(&cloud, &token, &id, "file", data.clone()).await.expect(413);
    assert!(refused.body.to_string().contains("image_size_total is over limit"), "{refused:?}");
    cloud.until(&path(&id), &token, has_status("queued")).await;

    let id = create(&cloud, &token, "fail-503").await;
    put(&cloud, &token, &id, "file", data.clone()).await.expect(503);
    cloud.until(&path(&id), &token, has_status("queued")).await;

    let id = create(&cloud, &token, "fail-hash").await;
    put(&cloud, &token, &id, "file", "abc").await.expect(204);
    let image = cloud.get(&path(&id), &token).await;
    assert_eq!(image.body["status"], "active");
    let sha512_of_abc = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2";
    assert!(!image.text("/os_hash_value").starts_with(sha512_of_abc));
    assert!(image.text("/os_hash_value").ends_with(&"2a9ac94fa54ca49f"));

    let id = create(&cloud, &token, "fail-import").await;
    put(&cloud, &token, &id, "stage", data.clone()).await.expect(204);
    let direct = json!({"method": {"name": "glance-direct"}});
    cloud.post(&format!("{}/import", path(&id)), &token, direct).await.expect(202);
    cloud.until(&path(&id), &token, |a| a.body["os_glance_failed_import"] == "fast").await;

    let id = create(&cloud, &token, "fail-delete").await;
    cloud.delete(&path(&id), &token).await.expect(409);

    let id = create(&cloud, &token, "fail-saving").await;
    put(&cloud, &token, &id, "file", data).await.expect(503);
    assert_eq!(cloud.get(&path(&id), &token).await.body["status"], "saving");
    let cloud = cloud.restart().await;
    let token = cloud.sign_in("demo", "demo").await;
    assert_eq!(cloud.get(&path(&id), &token).await.body["status"], "saving");
    cloud.delete(&path(&id), &token).await.expect(204);
}

/// Serves each connection by what the path says, until the test ends.
fn web_server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            std::thread::spawn(move || answer_one(socket.unwrap()));
        }
    });
    url
}

fn answer_one(mut socket: TcpStream) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut header = String::new();
    while reader.read_line(&mut header).unwrap() > 2 {
        header.clear();
    }
    let body = vec![0x5A_u8; 3 << 20];
    let head =
        |status: &str, more: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{more}\r\n");
    let length = format!("Content-Length: {}\r\n", body.len());
    // The client may hang up first; that is its right.
    let _ = match line.split(' ').nth(1).unwrap_or_default() {
        "/disk.raw?sig=a%2Fb" => socket
            .write_all(head("200 OK", &length).as_bytes())
            .and_then(|()| socket.write_all(&body)),
        "/moved" => socket.write_all(
            head("302 Found", "Location: /disk.raw?sig=a%2Fb\r\nContent-Length: 0\r\n").as_bytes(),
        ),
        "/to-metadata" => {
            let more = "Location: http://169.254.169.254/latest\r\nContent-Length: 0\r\n";
            socket.write_all(head("302 Found", more).as_bytes())
        }
        "/short" => socket
            .write_all(head("200 OK", &length).as_bytes())
            .and_then(|()| socket.write_all(&body[..1000])),
        _ => socket.write_all(head("404 Not Found", "Content-Length: 0\r\n").as_bytes()),
    };
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let _ = socket.read(&mut [0; 16]);
}

#[tokio::test]
async fn importing_from_a_url() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let server = web_server();
    for (path, format, arrives) in [
        ("/disk.raw?sig=a%2Fb", "raw", true),
        ("/moved", "raw", true),
        ("/disk.raw?sig=a%2Fb", "qcow2", false),
        ("/missing", "raw", false),
        ("/short", "raw", false),
        ("/to-metadata", "raw", false),
    ] {
        let body = json!({"name": path, "disk_format": format, "container_format": "bare"});
        let id = cloud.post("/image/v2/images", &token, body).await.expect(201).text("/id");
        let image = format!("/image/v2/images/{id}");
        let method = json!({"method": {"name": "web-download", "uri": format!("{server}{path}")}});
        cloud.post(&format!("{image}/import"), &token, method).await.expect(202);
        let tasks = format!("{image}/tasks");
        let ended = |a: &Answer| {
            ["success", "failure"].contains(&a.body["tasks"][0]["status"].as_str().unwrap())
        };
        let task = cloud.until(&tasks, &token, ended).await;
        let image = cloud.get(&image, &token).await;
        let context = format!("{path} {task:#?} {image:#?}");
        if arrives {
            assert_eq!(
                (&image.body["status"], &image.body["size"]),
                (&json!("active"), &json!(3 << 20)),
                "{context}"
            );
            assert_eq!(task.body["tasks"][0]["message"], "Copied 3 MiB", "{context}");
            assert!(image.body.get("os_glance_import_task").is_none(), "{context}");
        } else {
            assert_eq!(
                (&image.body["status"], &image.body["size"]),
                (&json!("queued"), &Value::Null),
                "{context}"
            );
            assert_eq!(image.body["os_glance_failed_import"], "fast", "{context}");
            assert_eq!(
                task.body["tasks"][0]["message"], "Task failed due to Internal Error",
                "{context}"
            );
            assert!(!cloud.folder().join("dev-1/staging").join(&id).exists(), "{context}");
        }
    }
}

#[tokio::test]
async fn without_loopback_a_local_url_is_refused() {
    let cloud = Cloud::with(|options| options.web_download_loopback = false).await;
    let token = cloud.sign_in("demo", "demo").await;
    let id = create(&cloud, &token, "local").await;
    let method = json!({"method": {"name": "web-download", "uri": "http://127.0.0.1/x"}});
    let refused =
        cloud.post(&format!("/image/v2/images/{id}/import"), &token, method).await.expect(400);
    assert!(refused.body.to_string().contains("does not pass filtering"), "{refused:?}");
}

#[tokio::test]
async fn an_import_goes_on_after_a_restart() {
    let cloud = Cloud::with(|options| options.pace = 1.0).await;
    let token = cloud.sign_in("demo", "demo").await;
    let id = create(&cloud, &token, "patient").await;
    let image = format!("/image/v2/images/{id}");
    put(&cloud, &token, &id, "stage", vec![7; 1 << 20]).await.expect(204);
    let direct = json!({"method": {"name": "glance-direct"}});
    cloud.post(&format!("{image}/import"), &token, direct).await.expect(202);
    cloud.until(&image, &token, has_status("importing")).await;
    let cloud = cloud.restart().await;
    let token = cloud.sign_in("demo", "demo").await;
    let unlocked = |a: &Answer| a.body.get("os_glance_import_task").is_none();
    let done = cloud.until(&image, &token, unlocked).await;
    assert_eq!((&done.body["status"], &done.body["size"]), (&json!("active"), &json!(1 << 20)));
    let task = cloud.get(&format!("{image}/tasks"), &token).await;
    assert_eq!(task.body["tasks"][0]["status"], "success");
}

/// The binary itself, to be killed.
struct Process {
    child: Child,
    url: String,
    /// Kept open: it goes on telling.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    fn start(folder: &std::path::Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_devcloud"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let url =
            line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        Self { child, url, _stdout: stdout }
    }

    /// Most memory that it has ever used, in KiB.
    fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    async fn token(&self, http: &reqwest::Client) -> String {
        let scope = json!({"project": {"name": "demo", "domain": {"id": "default"}}});
        let body = crate::support::password_auth("demo", Some(scope));
        let answer = http
            .post(format!("{}/identity/v3/auth/tokens", self.url))
            .json(&body)
            .send()
            .await
            .unwrap();
        answer.headers()["x-subject-token"].to_str().unwrap().to_owned()
    }

    async fn create(&self, http: &reqwest::Client, token: &str) -> String {
        let body = json!({"name": "big", "disk_format": "raw", "container_format": "bare"});
        let request = http
            .post(format!("{}/image/v2/images", self.url))
            .header("x-auth-token", token)
            .json(&body);
        Answer::of(request.send().await.unwrap()).await.expect(201).text("/id")
    }

    async fn image(&self, http: &reqwest::Client, token: &str, id: &str) -> Answer {
        let request =
            http.get(format!("{}/image/v2/images/{id}", self.url)).header("x-auth-token", token);
        Answer::of(request.send().await.unwrap()).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: that is the point.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn kill_9_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let http = crate::support::client();
    let first = Process::start(folder.path());
    let token = first.token(&http).await;
    let whole = first.create(&http, &token).await;
    let request = http
        .put(format!("{}/image/v2/images/{whole}/file", first.url))
        .header("x-auth-token", &token);
    let answer =
        request.header("content-type", OCTETS).body(vec![9; 5_000_000]).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 204);
    let half = first.create(&http, &token).await;
    let address = first.url.replace("http://", "");
    let socket = half_a_put(&address, &format!("/image/v2/images/{half}/file"), &token);
    while first.image(&http, &token, &half).await.body["status"] != "saving" {
        tokio::task::yield_now().await;
    }
    drop(first);
    drop(socket);

    let second = Process::start(folder.path());
    let token = second.token(&http).await;
    let image = second.image(&http, &token, &whole).await;
    assert_eq!(image.body["status"], "active");
    let request = http
        .get(format!("{}/image/v2/images/{whole}/file", second.url))
        .header("x-auth-token", &token);
    let bytes = request.send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.len() == 5_000_000 && bytes.iter().all(|byte| *byte == 9));
    let cut = second.image(&http, &token, &half).await;
    assert_eq!((&cut.body["status"], &cut.body["size"]), (&json!("queued"), &Value::Null));
    assert!(
        !folder.path().join("dev-1/images").join(&half).exists(),
        "half a file is worth nothing"
    );
}

#[tokio::test]
async fn a_large_upload_takes_little_memory() {
    const PIECE: usize = 1 << 20;
    const PIECES: u64 = 1024;
    let folder = tempfile::tempdir().unwrap();
    let http = crate::support::client();
    let process = Process::start(folder.path());
    let token = process.token(&http).await;
    let id = process.create(&http, &token).await;
    let piece = Bytes::from(vec![0_u8; PIECE]);
    let body =
        futures_util::stream::iter(0..PIECES).map(move |_| Ok::<_, Infallible>(piece.clone()));
    let request = http
        .put(format!("{}/image/v2/images/{id}/file", process.url))
        .header("x-auth-token", &token);
    let request = request.header("content-type", OCTETS).body(reqwest::Body::wrap_stream(body));
    assert_eq!(request.send().await.unwrap().status().as_u16(), 204);
    let image = process.image(&http, &token, &id).await;
    assert_eq!(image.body["size"], PIECES * PIECE as u64);
    // MD5 of a GiB of zeros, as md5sum says.
    assert_eq!(image.body["checksum"], "cd573cfaace07e7949bc0c46028904ff");
    let peak = process.peak_kib();
    assert!(peak < 100 << 10, "{peak} KiB at most were in use");
}
