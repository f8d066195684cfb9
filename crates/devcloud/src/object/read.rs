//! `GET` and `HEAD` of an object: its bytes, a range of them, or its manifest.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH,
    IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use axum::http::{HeaderValue, Method, Response, StatusCode};

use super::access::Access;
use super::call::Call;
use super::files;
use super::manifest;
use super::meta;
use super::reply::{Answer, Refusal, hide, page, set};
use super::slo_read::Walk;
use super::span::{self, Found, Span};
use super::store::{self, Object};
use super::stream::{self, Leaf};

/// `GET` and `HEAD`.
pub(super) async fn read(call: &Call, access: &Access) -> Answer {
    let (place, now) = (call.place.clone(), call.now);
    let found = call
        .region
        .db
        .read(move |conn| match store::container(conn, place.project(), &place.container)? {
            Some(container) => store::object(conn, container.id, &place.object, now),
            None => Ok(None),
        })
        .await?;
    let object = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
    if object.slo.is_some() && call.asks("multipart-manifest", "get") {
        return show_manifest(call, &object).await;
    }
    let etag = match &object.slo {
        Some(slo) => format!("\"{}\"", slo.etag),
        None => object.md5.clone(),
    };
    if let Some(status) = condition(call, &etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        describe(&mut response, &object, &etag);
        return Ok(response);
    }
    let size = object.size();
    let range = call.headers.get(RANGE).map(meta::text).unwrap_or_default();
    let part = match range.strip_prefix("bytes=").map(|range| span::find(range, size)) {
        Some(Found::Part(part)) => Some(part),
        Some(Found::Unsatisfiable) => {
            let mut response = page(StatusCode::RANGE_NOT_SATISFIABLE);
            set(&mut response, CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
        // Several ranges at once are not split here: the whole object is a right answer to them too.
        Some(Found::Nonsense) | None => None,
    };
    let span = part.unwrap_or(Span { start: 0, length: size });
    let mut response = match call.method {
        Method::HEAD => Response::new(Body::empty()),
        _ => match bytes(call, access, &object, span).await? {
            Some(body) => Response::new(body),
            None => {
                // The first segment cannot be had: slo.py can still say so.
                let mut response = page(StatusCode::CONFLICT);
                hide(&mut response);
                return Ok(response);
            }
        },
    };
    describe(&mut response, &object, &etag);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(span.length));
    if object.slo.is_some() {
        set(&mut response, HeaderName::from_static("x-manifest-etag"), &object.md5);
    }
    if let Some(part) = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = part.start + part.length - 1;
        set(&mut response, CONTENT_RANGE, &format!("bytes {}-{last}/{size}", part.start));
    }
    Ok(response)
}

/// The body; `None` when a large object cannot even begin.
async fn bytes(call: &Call, access: &Access, object: &Object, span: Span) -> Answer<Option<Body>> {
    if span.length == 0 {
        return Ok(Some(Body::empty()));
    }
    let path = files::folder(&call.region).join(&object.file);
    if object.slo.is_none() {
        return Ok(Some(stream::body(Some(Leaf::open(&path, span).await?), None)));
    }
    let segments = manifest::load(&path).await?;
    let project = call.place.project().to_owned();
    let mut walk = Walk::new(call.region.clone(), project, access.clone(), &segments, span);
    match walk.next().await {
        Ok(first) => Ok(Some(stream::body(first, Some(walk)))),
        Err(problem) => {
            tracing::info!(%problem, "409 Conflict in a large object");
            Ok(None)
        }
    }
}

fn describe(response: &mut Response<Body>, object: &Object, etag: &str) {
    set(response, CONTENT_TYPE, &object.content_type);
    set(response, ETAG, etag);
    set(response, LAST_MODIFIED, &object.created.last_modified());
    set(response, HeaderName::from_static("x-timestamp"), &object.created.internal());
    set(response, ACCEPT_RANGES, "bytes");
    if object.slo.is_some() {
        set(response, HeaderName::from_static("x-static-large-object"), "True");
    }
    if let Some(end) = object.delete_at {
        set(response, HeaderName::from_static("x-delete-at"), &end.to_string());
    }
    for (name, value) in &object.headers {
        if let Ok(name) = HeaderName::try_from(name) {
            set(response, name, value);
        }
    }
}

/// 412 or 304, when a condition in the headers asks for it.
fn condition(call: &Call, etag: &str) -> Option<StatusCode> {
    let names = |header: HeaderName| {
        let text = call.headers.get(header).map(meta::text)?;
        let mut tags = text.split(',').map(|tag| tag.trim().trim_matches('"'));
        Some(tags.any(|tag| tag == "*" || tag == etag.trim_matches('"')))
    };
    match (names(IF_MATCH), names(IF_NONE_MATCH)) {
        (Some(false), _) => Some(StatusCode::PRECONDITION_FAILED),
        (_, Some(true)) => Some(StatusCode::NOT_MODIFIED),
        _ => None,
    }
}

/// `?multipart-manifest=get`: as it is kept, or (`format=raw`) as it may be put again.
async fn show_manifest(call: &Call, object: &Object) -> Answer {
    let path = files::folder(&call.region).join(&object.file);
    let stored = tokio::fs::read(&path).await?;
    let (text, kind, etag) = if call.asks("format", "raw") {
        let text = manifest::raw(&manifest::read(&stored)?)?;
        let etag = manifest::md5(text.as_bytes());
        (text.into_bytes(), "application/json", etag)
    } else {
        (stored, "application/json; charset=utf-8", object.md5.clone())
    };
    let length = text.len();
    let mut response = Response::new(Body::from(text));
    describe(&mut response, object, &etag);
    set(&mut response, CONTENT_TYPE, kind);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}
