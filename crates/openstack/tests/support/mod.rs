//! What the tests share: recorded answers of a real cloud, a scripted transport, and a way to run futures without a runtime.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use openstack::identity::{Session, Token};
use openstack::{Client, Request, Response, Transport, TransportError};
use serde_json::Value;

/// A recorded answer: `tests/contract/{name}.json`, where the name starts with the service.
pub fn sample(name: &str) -> Response {
    let path = format!("{}/../../tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
    let sample: Value = serde_json::from_str(&text).unwrap();
    let answer = &sample["response"];
    let headers: BTreeMap<String, String> =
        serde_json::from_value(answer["headers"].clone()).unwrap();
    let body = match &answer["body"] {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        json => json.to_string().into_bytes(),
    };
    Response {
        status: answer["status"].as_u64().unwrap() as u16,
        headers: headers.into_iter().collect(),
        body,
    }
}

/// The volume service's version document as it answers at `/v3/`; the recording is of `/`, which has the same with a 300.
pub fn volume_versions() -> Response {
    Response { status: 200, ..sample("cinder/versions") }
}

/// A successful JSON answer.
pub fn json(value: Value) -> Response {
    Response { status: 200, headers: vec![], body: value.to_string().into_bytes() }
}

/// An answer without a body.
pub fn status(status: u16) -> Response {
    Response { status, headers: vec![], body: vec![] }
}

type Answer = Box<dyn Fn(&Request, usize) -> Result<Response, TransportError> + Send + Sync>;

/// A transport that answers from a function of the request and of how many came before it, and that never waits.
pub struct Fake {
    answer: Answer,
    pub requests: Mutex<Vec<Request>>,
    pub slept: Mutex<Vec<Duration>>,
}

impl Fake {
    pub fn new(
        answer: impl Fn(&Request, usize) -> Result<Response, TransportError> + Send + Sync + 'static,
    ) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            answer: Box::new(answer),
            requests: Mutex::default(),
            slept: Mutex::default(),
        })
    }

    /// Always the same recorded answer (and Nova's version document where it is asked for).
    pub fn sample(name: &'static str) -> std::sync::Arc<Self> {
        Self::new(move |request, _| {
            Ok(sample(if request.url.ends_with("/v2.1/") { "nova/version" } else { name }))
        })
    }

    pub fn urls(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.url.clone()).collect()
    }

    pub fn last(&self) -> Request {
        self.requests.lock().unwrap().last().unwrap().clone()
    }

    pub fn last_body(&self) -> Value {
        serde_json::from_slice(&self.last().body.unwrap()).unwrap()
    }
}

pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl Transport for Fake {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let before = {
            let mut requests = self.requests.lock().unwrap();
            requests.push(request.clone());
            requests.len() - 1
        };
        (self.answer)(&request, before)
    }

    async fn sleep(&self, delay: Duration) {
        self.slept.lock().unwrap().push(delay);
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// A session as a real Keystone gave it, with a token of our own.
pub fn session(token: &str) -> Session {
    let keystone = openstack::identity::Keystone::new(
        Fake::sample("keystone/password-project-scope"),
        "http://k",
    );
    let credentials = openstack::identity::Credentials::Token(Token::new("any"));
    match run(keystone.sign_in(&credentials, &openstack::identity::Scope::Default)).unwrap() {
        openstack::identity::SignIn::Done(session) => {
            Session { token: Token::new(token), ..*session }
        }
        other => panic!("not signed in: {other:?}"),
    }
}

/// A client of the recorded project that answers from `transport`.
pub fn client(transport: std::sync::Arc<Fake>) -> Client<std::sync::Arc<Fake>> {
    let session = session("old");
    let project = session.project.clone().unwrap().id;
    let endpoints =
        session.catalog.endpoints(Some("RegionOne"), &BTreeMap::new(), project.as_str());
    Client::new(transport, endpoints, session, || panic!("the token was refused"))
}

/// Runs a future that never has to wait for anything outside.
pub fn run<F: Future>(future: F) -> F::Output {
    match poll_once(&mut pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something that does not come"),
    }
}

/// Polls a pinned future once.
pub fn poll_once<F: Future + ?Sized>(future: &mut std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}
