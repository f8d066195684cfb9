//! The fault plan on the wire: each action is seen by a client that speaks TCP itself, because what
//! matters is how a connection ends.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use crate::support::objects::Objects;
use crate::support::{Cloud, password_auth};
use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How a connection ended, and what came before.
struct Ending {
    received: String,
    error: Option<ErrorKind>,
}

/// Sends bytes and reads to the end, at most 20 seconds.
async fn exchange(cloud: &Cloud, parts: &[&[u8]]) -> Ending {
    let address = cloud.devcloud.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    for part in parts {
        if stream.write_all(part).await.is_err() {
            break;
        }
    }
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    let error = loop {
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut buffer)).await;
        match read.expect("the connection neither ended nor spoke") {
            Ok(0) => break None,
            Ok(length) => received.extend_from_slice(&buffer[..length]),
            Err(error) => break Some(error.kind()),
        }
    };
    Ending { received: String::from_utf8_lossy(&received).into_owned(), error }
}

fn head(method: &str, path: &str, length: usize) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: devcloud\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )
    .into_bytes()
}

fn on_sign_in(action: Action) -> Rule {
    Rule::new(Service::Identity, "POST", "/v3/auth/tokens", action)
}

/// A sign-in over TCP: its head and its body.
fn sign_in() -> (Vec<u8>, Vec<u8>) {
    let body = password_auth("demo", None).to_string().into_bytes();
    (head("POST", "/identity/v3/auth/tokens", body.len()), body)
}

/// How many tokens were really given out: whether the service did its work.
async fn tokens_given(cloud: &Cloud) -> i64 {
    let file = cloud.folder().join("identity.sqlite");
    let db = rusqlite::Connection::open(file).unwrap();
    db.query_row("SELECT count(*) FROM tokens", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_status_comes_in_the_services_own_form_and_only_as_often_as_planned() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let busy = |status| Action::Status {
        status,
        message: String::from("Come back later."),
        headers: [(String::from("Retry-After"), String::from("7"))].into(),
    };
    let faults = cloud.devcloud.faults();
    faults.add(
        Rule::new(Service::Identity, "GET", "/v3/auth/projects", busy(503)).from_nth(2).times(1),
    );
    faults.add(Rule::new(Service::Image, "GET", "/v2/**", busy(503)).once());
    faults.add(Rule::new(Service::Compute, "GET", "/v2.1/**", busy(500)).once());
    faults.add(Rule::new(Service::Network, "GET", "/v2.0/**", busy(409)).once());
    faults.add(Rule::new(Service::Volume, "GET", "/v3/**", busy(413)).once());

    let projects = "/identity/v3/auth/projects";
    assert_eq!(cloud.get(projects, &token).await.status, 200);
    let second = cloud.get(projects, &token).await.expect(503);
    assert_eq!(second.header("retry-after"), "7");
    assert_eq!(
        second.body,
        json!({"error": {"code": 503, "message": "Come back later.", "title": "Service Unavailable"}})
    );
    assert_eq!(cloud.get(projects, &token).await.status, 200);

    let image = cloud.get("/image/v2/images", &token).await.expect(503);
    assert_eq!(image.body, json!("503 Service Unavailable\n\nCome back later.\n\n   "));
    let compute = cloud.get("/compute/v2.1/servers", &token).await.expect(500);
    assert_eq!(compute.body, json!({"computeFault": {"code": 500, "message": "Come back later."}}));
    let network = cloud.get("/networking/v2.0/networks", &token).await.expect(409);
    assert_eq!(network.body["NeutronError"]["message"], "Come back later.");
    let volume = cloud.get("/volume/v3/volumes", &token).await.expect(413);
    assert_eq!(volume.body, json!({"overLimit": {"code": 413, "message": "Come back later."}}));
}

#[tokio::test]
async fn a_status_is_answered_after_the_body_was_taken() {
    let cloud = Cloud::start().await;
    let action =
        Action::Status { status: 413, message: String::from("Too much."), headers: [].into() };
    cloud.devcloud.faults().add(on_sign_in(action));
    let body = vec![b' '; 8 << 20];
    let ending =
        exchange(&cloud, &[&head("POST", "/identity/v3/auth/tokens", body.len()), &body]).await;
    assert!(ending.received.starts_with("HTTP/1.1 413 "), "{}", ending.received);
    assert_eq!(ending.error, None);
}

#[tokio::test]
async fn a_reset_before_the_body_answers_the_head_alone() {
    let cloud = Cloud::start().await;
    cloud.devcloud.faults().add(on_sign_in(Action::ResetBeforeBody).once());
    let (head, body) = sign_in();
    let ending = exchange(&cloud, &[&head]).await;
    assert_eq!((ending.error, ending.received.as_str()), (Some(ErrorKind::ConnectionReset), ""));
    assert_eq!(tokens_given(&cloud).await, 0);
    let ending = exchange(&cloud, &[&head, &body]).await;
    assert!(
        ending.received.starts_with("HTTP/1.1 201 "),
        "the next one is spared: {}",
        ending.received
    );
}

#[tokio::test]
async fn a_reset_after_the_body_waits_for_all_of_it_and_nothing_is_done() {
    let cloud = Cloud::start().await;
    cloud.devcloud.faults().add(on_sign_in(Action::ResetAfterBody));
    let (head, body) = sign_in();
    let address = cloud.devcloud.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (first, last) = body.split_at(body.len() - 1);
    stream.write_all(&[head.as_slice(), first].concat()).await.unwrap();
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut byte)).await;
    assert!(early.is_err(), "it must not end before the last byte: {early:?}");
    stream.write_all(last).await.unwrap();
    let end = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut byte)).await.unwrap();
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(tokens_given(&cloud).await, 0);
}

#[tokio::test]
async fn a_reset_mid_body_spares_a_shorter_body() {
    let cloud = Cloud::start().await;
    cloud.devcloud.faults().add(on_sign_in(Action::ResetMidBody { bytes: 4096 }));
    let (small, body) = sign_in();
    let ending = exchange(&cloud, &[&small, &body]).await;
    assert!(ending.received.starts_with("HTTP/1.1 201 "), "{}", ending.received);
    let long = vec![b' '; 1 << 20];
    let ending =
        exchange(&cloud, &[&head("POST", "/identity/v3/auth/tokens", long.len()), &long]).await;
    assert_eq!((ending.error, ending.received.as_str()), (Some(ErrorKind::ConnectionReset), ""));
    assert_eq!(tokens_given(&cloud).await, 1);
}

/// Also when the rest of the body came in the same piece: what got through is no object of its own.
#[tokio::test]
async fn a_reset_mid_body_leaves_nothing_half() {
    let cloud = Cloud::start().await;
    let demo = Objects::of(&cloud, "demo").await;
    demo.send("PUT", "/c").await.expect(201);
    let reset = Action::ResetMidBody { bytes: 400 };
    cloud.devcloud.faults().add(Rule::new(Service::Object, "PUT", "/v1/*/c/half", reset));
    assert!(demo.request("PUT", "/c/half").body(vec![7; 1000]).send().await.is_err());
    let (token, root) = (demo.token.clone(), demo.root.clone());
    // A stop waits for the work on requests.
    let cloud = cloud.restart().await;
    let demo = Objects { cloud: &cloud, token, root };
    assert_eq!(demo.names("/c").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_dropped_reply_does_the_work_and_closes_without_a_word() {
    let cloud = Cloud::start().await;
    cloud.devcloud.faults().add(on_sign_in(Action::DropReply).once());
    let (head, body) = sign_in();
    let ending = exchange(&cloud, &[&head, &body]).await;
    assert_eq!(
        (ending.error, ending.received.as_str()),
        (None, ""),
        "an end of the stream, no reset"
    );
    assert_eq!(tokens_given(&cloud).await, 1);
}

#[tokio::test]
async fn a_delay_and_a_slow_body_take_their_time() {
    let cloud = Cloud::start().await;
    let took = async |rule: Rule| {
        cloud.devcloud.faults().clear();
        cloud.devcloud.faults().add(rule);
        let began = Instant::now();
        cloud.authenticate(password_auth("demo", None)).await.expect(201);
        began.elapsed()
    };
    let delayed = took(on_sign_in(Action::Delay { ms: 400 })).await;
    assert!(delayed >= Duration::from_millis(400), "{delayed:?}");
    // The request has more than 120 bytes of body, the answer more than 280: above 400 ms at 1000
    // bytes a second.
    let slow = took(on_sign_in(Action::SlowBody { bytes_per_second: 1000 })).await;
    assert!(slow >= Duration::from_millis(400), "{slow:?}");
}

#[tokio::test]
async fn the_control_endpoint_changes_plan_clock_and_tokens() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let rule = json!({"service": "identity", "path": "/v3/auth/projects", "count": 1, "action": {"kind": "status", "status": 500}});
    cloud.post("/devcloud/faults", "", rule).await.expect(201);
    cloud.get("/identity/v3/auth/projects", &token).await.expect(500);
    let plan = cloud.get("/devcloud/faults", "").await.expect(200);
    assert_eq!(plan.body["faults"][0]["hit"], 1);
    cloud.post("/devcloud/faults", "", json!({"action": {"kind": "explode"}})).await.expect(400);
    cloud.delete("/devcloud/faults", "").await.expect(204);
    assert_eq!(cloud.get("/devcloud/faults", "").await.body, json!({"faults": []}));

    cloud.get("/identity/v3/auth/projects", &token).await.expect(200);
    cloud.post("/devcloud/clock", "", json!({"seconds": 3599})).await.expect(200);
    cloud.get("/identity/v3/auth/projects", &token).await.expect(200);
    cloud.post("/devcloud/clock", "", json!({"seconds": 2})).await.expect(200);
    cloud.get("/identity/v3/auth/projects", &token).await.expect(401);

    let token = cloud.sign_in("demo", "demo").await;
    cloud.delete("/devcloud/tokens", "").await.expect(204);
    cloud.get("/identity/v3/auth/projects", &token).await.expect(401);
}

#[tokio::test]
async fn a_form_of_a_foreign_page_cannot_change_the_plan() {
    let cloud = Cloud::start().await;
    let request =
        cloud.request("POST", "/devcloud/faults", "").header("content-type", "text/plain");
    let answer = request.body(r#"{"action":{"kind":"drop_reply"}}"#).send().await.unwrap();
    assert_eq!(answer.status(), 415);
    assert_eq!(cloud.get("/devcloud/faults", "").await.body, json!({"faults": []}));
}

#[test]
fn the_plans_in_the_documentation_are_plans() {
    let text = include_str!("../../../../docs/devcloud.md");
    let plans: Vec<&str> =
        text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(plans.len(), 3);
    for plan in plans {
        devcloud::faults::parse(plan).unwrap();
    }
    // And each action in the table is one.
    let actions: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `{\"kind\"")).collect();
    assert_eq!(actions.len(), 10);
    for action in actions {
        let action = action.split('`').next().unwrap();
        devcloud::faults::parse(&format!("[{{\"action\": {{\"kind\"{action}}}]")).unwrap();
    }
}

#[test]
fn every_option_is_in_the_documentation() {
    let text = include_str!("../../../../docs/devcloud.md");
    let help =
        std::process::Command::new(env!("CARGO_BIN_EXE_devcloud")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let options: Vec<&str> =
        help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2).collect();
    assert!(options.len() >= 10, "{help}");
    for option in options.iter().filter(|option| !["--help", "--version"].contains(*option)) {
        assert!(text.contains(&format!("`{option}")), "{option} is not in docs/devcloud.md");
    }
}
