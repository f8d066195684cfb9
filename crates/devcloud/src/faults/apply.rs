//! Carries the plan out on one request.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tower::ServiceExt;

use super::{Action, Connection};
use crate::service::Service;

/// A slowed body moves in this many steps a second.
const STEPS_PER_SECOND: u64 = 20;

/// Answers the request, with what the plan says done to it on the way.
pub(crate) async fn apply(
    actions: Vec<Action>,
    service: Service,
    origin: &str,
    mut request: Request<Body>,
    connection: &Connection,
    router: Router,
) -> Response<Body> {
    let mut speed = None;
    let mut drop_reply = false;
    let mut end_of_answer = None;
    for action in actions {
        match action {
            Action::Delay { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            Action::SlowBody { bytes_per_second } => {
                speed = Some(bytes_per_second);
                request = request.map(|body| slowed(body, bytes_per_second));
            }
            Action::ResetMidBody { bytes } => {
                let end = End::new(bytes, Duration::ZERO, connection);
                request = request.map(|body| broken_after(body, end));
            }
            Action::StallBody { bytes, ms } => {
                let end = End::new(bytes, Duration::from_millis(ms), connection);
                request = request.map(|body| stalled_after(body, end));
            }
            Action::ResetMidAnswer { bytes } => {
                end_of_answer = Some(End::new(bytes, Duration::ZERO, connection));
            }
            Action::StallAnswer { bytes, ms } => {
                end_of_answer = Some(End::new(bytes, Duration::from_millis(ms), connection));
            }
            Action::DropReply => drop_reply = true,
            Action::Status { status, message, headers } => {
                take(request.into_body()).await;
                return status_answer(service, status, &message, headers, origin);
            }
            Action::ResetBeforeBody => return broken(connection),
            Action::ResetAfterBody => {
                take(request.into_body()).await;
                return broken(connection);
            }
        }
    }
    let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
    if drop_reply {
        // An answer with a body may still do its work while that is read.
        take(response.into_body()).await;
        connection.close();
        return Response::new(Body::empty());
    }
    let response = match speed {
        Some(bytes_per_second) => response.map(|body| slowed(body, bytes_per_second)),
        None => response,
    };
    match end_of_answer {
        Some(end) if end.after.is_zero() => response.map(|body| broken_after(body, end)),
        Some(end) => response.map(|body| stalled_after(body, end)),
        None => response,
    }
}

/// Where a body ends that is not to come through, and how.
struct End {
    left: usize,
    /// Whether that was reached.
    reached: bool,
    /// How long nothing moves before the connection is reset.
    after: Duration,
    connection: Connection,
}

impl End {
    fn new(bytes: u64, after: Duration, connection: &Connection) -> Self {
        let left = usize::try_from(bytes).unwrap_or(usize::MAX);
        Self { left, reached: false, after, connection: connection.clone() }
    }
}

/// Nobody sees this answer: the connection is gone before it could be written.
fn broken(connection: &Connection) -> Response<Body> {
    connection.reset();
    Response::new(Body::empty())
}

fn status_answer(
    service: Service,
    status: u16,
    message: &str,
    headers: BTreeMap<String, String>,
    origin: &str,
) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match status {
        StatusCode::UNAUTHORIZED => service.unauthorized(origin),
        status => service.error(status, message, origin),
    };
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Reads a body to its end and throws it away. A body that breaks off ends as well.
async fn take(body: Body) {
    let mut stream = body.into_data_stream();
    while let Some(Ok(_)) = stream.next().await {}
}

/// The body at this speed: each piece waits for as long as it may take, then passes.
fn slowed(body: Body, bytes_per_second: u64) -> Body {
    let step = usize::try_from((bytes_per_second / STEPS_PER_SECOND).max(1)).unwrap_or(usize::MAX);
    let start = (body.into_data_stream(), Bytes::new());
    Body::from_stream(stream::unfold(
        start,
        move |(mut body, mut held): (BodyDataStream, Bytes)| async move {
            while held.is_empty() {
                held = match body.next().await? {
                    Ok(bytes) => bytes,
                    Err(error) => return Some((Err(error), (body, held))),
                };
            }
            let piece = held.split_to(step.min(held.len()));
            let seconds = piece.len() as f64 / bytes_per_second as f64;
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            Some((Ok(piece), (body, held)))
        },
    ))
}

/// The body up to so many bytes; then the connection is reset and whoever reads the body gets an
/// error, as from a network that broke.
fn broken_after(body: Body, end: End) -> Body {
    let start = (body.into_data_stream(), end);
    Body::from_stream(stream::unfold(start, |(mut body, mut end)| async move {
        if end.reached {
            return Some((Err(reset_error()), (body, end)));
        }
        let piece = body.next().await?.map(|mut piece| {
            if piece.len() > end.left {
                // What still fits passes first. The next poll breaks, also when no more would have come: a service must
                // not take the part for the whole.
                end.connection.reset();
                end.reached = true;
                piece.truncate(end.left);
            }
            end.left -= piece.len();
            piece
        });
        Some((piece, (body, end)))
    }))
}

/// The body up to so many bytes; then silence, and at its end a reset. A body without a byte more falls silent as well: what
/// comes after it is not to come.
fn stalled_after(body: Body, end: End) -> Body {
    let start = (body.into_data_stream(), end);
    Body::from_stream(stream::unfold(start, |(mut body, mut end)| async move {
        if end.left > 0
            && let Some(piece) = body.next().await
        {
            let mut piece = match piece {
                Ok(piece) => piece,
                Err(error) => return Some((Err(error), (body, end))),
            };
            piece.truncate(end.left);
            end.left -= piece.len();
            return Some((Ok(piece), (body, end)));
        }
        tokio::time::sleep(end.after).await;
        end.connection.reset();
        Some((Err(reset_error()), (body, end)))
    }))
}

fn reset_error() -> axum::Error {
    axum::Error::new(io::Error::from(io::ErrorKind::ConnectionReset))
}
