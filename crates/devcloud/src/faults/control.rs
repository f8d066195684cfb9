//! `/devcloud/…`: lets a test or a curious person on this machine change the plan, the clock and
//! the tokens of a running cloud.
//!
//! Answers only callers on loopback. A page of another site in this machine's browser cannot use
//! it: every change needs a method or a content type that a browser asks leave for first, and that
//! is never given.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::routing::{delete, get};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Faults, Rule, checked};
use crate::clock::Clock;
use crate::identity::Identity;

#[derive(Clone)]
struct Control {
    faults: Faults,
    clock: Clock,
    identity: Identity,
}

/// Routes below `/devcloud`.
pub(crate) fn router(faults: Faults, clock: Clock, identity: Identity) -> Router {
    Router::new()
        .route("/devcloud/faults", get(list).post(add).delete(clear))
        .route("/devcloud/clock", get(clock_now).post(shift))
        .route("/devcloud/tokens", delete(expire_tokens))
        .layer(middleware::from_fn(only_loopback))
        .with_state(Control { faults, clock, identity })
}

async fn only_loopback(request: Request, next: Next) -> Response<Body> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    match peer {
        Some(ConnectInfo(peer)) if peer.ip().to_canonical().is_loopback() => {
            next.run(request).await
        }
        _ => problem(StatusCode::FORBIDDEN, "only from the machine that devcloud runs on"),
    }
}

async fn list(State(control): State<Control>) -> Response<Body> {
    Json(json!({"faults": control.faults.accounts()})).into_response()
}

/// One rule or a list of them.
async fn add(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let value: Value = match json_body(&headers, &body) {
        Ok(value) => value,
        Err(refusal) => return refusal.into_response(),
    };
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    let rules: Result<Vec<Rule>, String> = values
        .into_iter()
        .map(|value| {
            serde_json::from_value::<Rule>(value)
                .map_err(|error| error.to_string())
                .and_then(checked)
        })
        .collect();
    match rules {
        Ok(rules) => {
            rules.into_iter().for_each(|rule| control.faults.add(rule));
            (StatusCode::CREATED, Json(json!({"faults": control.faults.accounts()})))
                .into_response()
        }
        Err(reason) => problem(StatusCode::BAD_REQUEST, &reason),
    }
}

async fn clear(State(control): State<Control>) -> StatusCode {
    control.faults.clear();
    StatusCode::NO_CONTENT
}

async fn clock_now(State(control): State<Control>) -> Response<Body> {
    clock_answer(&control.clock)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shift {
    seconds: u64,
}

async fn shift(State(control): State<Control>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let shift = json_body(&headers, &body).and_then(|value| {
        serde_json::from_value::<Shift>(value)
            .map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.to_string()))
    });
    match shift {
        Ok(shift) => {
            control.clock.shift(Duration::from_secs(shift.seconds));
            clock_answer(&control.clock)
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn expire_tokens(State(control): State<Control>) -> Response<Body> {
    match control.identity.expire_all().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn clock_answer(clock: &Clock) -> Response<Body> {
    Json(json!({"now": clock.now().to_string(), "shifted_seconds": clock.shifted_by().as_secs()}))
        .into_response()
}

/// The content type is demanded because a form of a foreign page cannot send it.
fn json_body(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let is_json =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
            kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json")
        });
    if !is_json {
        return Err(Refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send it as application/json".into(),
        ));
    }
    serde_json::from_slice(body)
        .map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.to_string()))
}

/// Why a change was not made.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        problem(self.0, &self.1)
    }
}

fn problem(status: StatusCode, reason: &str) -> Response<Body> {
    (status, Json(json!({"error": reason}))).into_response()
}
