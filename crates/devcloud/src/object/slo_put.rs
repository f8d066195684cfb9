//! `PUT ?multipart-manifest=put` (slo.py, `handle_multipart_put`): every segment is looked at before the manifest counts.
//!
//! All refusals of this file are a middleware's, so that a page of another origin sees a network error; the 201 and the
//! proxy server's own refusals it sees.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::header::{ETAG, LAST_MODIFIED};
use axum::http::{Response, StatusCode};
use serde_json::json;

use super::access::{self, Access, Denied};
use super::call::Call;
use super::files::{self, Draft};
use super::info::{MAX_MANIFEST_SIZE, MAX_SEGMENTS};
use super::manifest::{self, Segment, Wanted};
use super::put::{check_place, check_quota, commit, content_length, described, etag};
use super::reply::{self, Answer, Refusal, empty, hide, quoted, set, with_body};
use super::report::{self, Problems};
use super::span::{self, Found};
use super::stamp::Stamp;
use super::store::{self, Object, Slo};
use crate::body_reader::BodyReader;

/// What came of looking at the segments.
struct Looked {
    segments: Vec<Segment>,
    size: u64,
    problems: Problems,
}

/// `PUT ?multipart-manifest=put`.
pub(super) async fn put(
    call: &Call,
    access: Result<Access, Denied>,
    body: &mut BodyReader,
) -> Answer {
    let wanted = wanted(call, body).await.map_err(Refusal::hidden)?;
    let looked = look(call, access.clone(), wanted).await.map_err(Refusal::hidden)?;
    let json = call.accepts_json();
    let heartbeat = call.switched_on("heartbeat");
    if !looked.problems.is_empty() {
        if heartbeat {
            return Ok(beat(StatusCode::BAD_REQUEST, &looked.problems, None, json));
        }
        let text = report::render(&[], &looked.problems, json);
        let mut response = with_body(StatusCode::BAD_REQUEST, report::kind(json), text);
        hide(&mut response);
        return Ok(response);
    }
    let slo = Slo { etag: manifest::etag(&looked.segments), size: looked.size };
    let promised = etag(&call.headers);
    if !promised.is_empty() && promised != slo.etag {
        if heartbeat {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(beat(status, &Problems::new(), None, json));
        }
        return Err(Refusal::page(StatusCode::UNPROCESSABLE_ENTITY).hidden());
    }
    let etag = format!("\"{}\"", slo.etag);
    match keep(call, access, &looked.segments, slo).await {
        Ok(created) if heartbeat => {
            let done = (etag.as_str(), created.last_modified());
            Ok(beat(StatusCode::CREATED, &Problems::new(), Some(done), json))
        }
        Ok(created) => {
            let mut response = empty(StatusCode::CREATED);
            set(&mut response, ETAG, &etag);
            set(&mut response, LAST_MODIFIED, &created.last_modified());
            Ok(response)
        }
        Err(refusal) if heartbeat => Ok(beat(refusal.0.status(), &Problems::new(), None, json)),
        Err(refusal) => Err(refusal),
    }
}

/// The manifest that was sent.
async fn wanted(call: &Call, body: &mut BodyReader) -> Answer<Vec<Wanted>> {
    let length = content_length(&call.headers)?.unwrap_or(0);
    check_quota(call, length).await?;
    let too_large = || {
        let words = format!("Manifest File > {MAX_MANIFEST_SIZE} bytes");
        Refusal::html(StatusCode::PAYLOAD_TOO_LARGE, words)
    };
    if length > MAX_MANIFEST_SIZE as u64 {
        return Err(too_large());
    }
    let text = body.all(MAX_MANIFEST_SIZE).await;
    let text = text.map_err(|_| Refusal::page(StatusCode::BAD_REQUEST))?.ok_or_else(too_large)?;
    let own = format!("/{}/{}", call.place.container, call.place.object);
    let wanted = manifest::parse(&text, &own)?;
    if wanted.len() > MAX_SEGMENTS {
        let words = format!("Number of object-backed segments must be <= {MAX_SEGMENTS}");
        return Err(Refusal::html(StatusCode::PAYLOAD_TOO_LARGE, words));
    }
    Ok(wanted)
}

/// Looks at every segment as the caller would see it. Without a good token that is a 401 for each.
async fn look(call: &Call, access: Result<Access, Denied>, wanted: Vec<Wanted>) -> Answer<Looked> {
    let (project, now) = (call.place.project().to_owned(), call.now);
    let looked = call.region.db.read(move |conn| {
        let mut seen: HashMap<String, Option<Object>> = HashMap::new();
        let mut looked = Looked { segments: Vec::new(), size: 0, problems: Vec::new() };
        let last = wanted.len().saturating_sub(1);
        for (index, wanted) in wanted.iter().enumerate() {
            let path = wanted.path.trim_start_matches('/');
            let denied = match &access {
                Ok(access) if access.reaches(path) => None,
                Ok(_) => Some(Denied::Unauthorized),
                Err(denied) => Some(*denied),
            };
            if let Some(denied) = denied {
                looked.problems.push((quoted(&wanted.path), denied.status().to_owned()));
                continue;
            }
            if !seen.contains_key(path) {
                let found = store::object_at(conn, &project, path, now)?;
                seen.insert(path.to_owned(), found);
            }
            match seen.get(path) {
                Some(Some(object)) => check(wanted, object, index == last, &mut looked),
                _ => looked.problems.push((quoted(&wanted.path), String::from("404 Not Found"))),
            }
        }
        Ok(looked)
    });
    Ok(looked.await?)
}

/// One segment (`validate_seg_dict`).
fn check(wanted: &Wanted, object: &Object, is_last: bool, looked: &mut Looked) {
    let size = object.size();
    let mut problem = |words: &str| looked.problems.push((quoted(&wanted.path), words.to_owned()));
    let (mut range, mut length) = (None, size);
    match wanted.range.as_deref().map(|range| span::find(range, size)) {
        Some(Found::Part(part)) if part.length < size => {
            range = Some(format!("{}-{}", part.start, part.start + part.length - 1));
            length = part.length;
        }
        Some(Found::Unsatisfiable | Found::Nonsense) => problem("Unsatisfiable Range"),
        Some(Found::Part(_)) | None => {}
    }
    if length < 1 && !is_last {
        problem("Too small; each segment must be at least 1 byte.");
    }
    if wanted.size_bytes.is_some_and(|wanted| wanted != size) {
        problem("Size Mismatch");
    }
    if wanted.etag.as_deref().is_some_and(|wanted| wanted != object.hash()) {
        problem("Etag Mismatch");
    }
    looked.size += length;
    looked.segments.push(Segment {
        name: format!("/{}", wanted.path.trim_start_matches('/')),
        bytes: size,
        hash: object.hash().to_owned(),
        content_type: object.content_type.clone(),
        last_modified: object.created.iso_of_last_modified(),
        range,
        sub_slo: object.slo.is_some(),
    });
}

/// Puts the manifest in its place: from here on the proxy server answers.
async fn keep(
    call: &Call,
    access: Result<Access, Denied>,
    segments: &[Segment],
    slo: Slo,
) -> Answer<Stamp> {
    access::writing(access).map_err(|denied| denied.refusal(call))?;
    let object = described(call)?;
    check_place(call).await?;
    let text = manifest::stored(segments)?.into_bytes();
    let draft = Draft::new(&call.region);
    let object = Object {
        file: draft.name(),
        bytes: text.len() as u64,
        md5: manifest::md5(&text),
        slo: Some(slo),
        created: Stamp::now(&call.region.clock),
        ..object
    };
    files::write_bytes(&draft, text).await?;
    let created = object.created;
    commit(call, draft, object).await?;
    Ok(created)
}

/// `heartbeat=on`: 202 whatever came of it, which stands in the body.
fn beat(
    status: StatusCode,
    problems: &Problems,
    done: Option<(&str, String)>,
    json: bool,
) -> Response<Body> {
    let mut lines = vec![("Response Status", json!(reply::line(status)))];
    let words = if done.is_some() { String::new() } else { reply::words(status) };
    if let Some((etag, modified)) = done {
        lines.push(("Etag", json!(etag)));
        lines.push(("Last Modified", json!(modified)));
    }
    lines.push(("Response Body", json!(words)));
    let text = format!(" \r\n\r\n{}", report::render(&lines, problems, json));
    let mut response = report::chunked(text, json);
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_a_heartbeat_is_told_in_its_usual_words() {
        let words = reply::words(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words.starts_with("Unprocessable Entity\nUnable to process"));
        assert_eq!(reply::line(StatusCode::PAYLOAD_TOO_LARGE), "413 Request Entity Too Large");
        assert_eq!(quoted("/c/a b"), "/c/a%20b");
    }
}
