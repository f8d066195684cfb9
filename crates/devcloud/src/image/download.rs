//! `GET /v2/images/{id}/file`: the bytes, whole or a range.

use std::io::SeekFrom;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::body::NoBody;
use super::fault::{Answer, Fault};
use super::files::Files;
use super::policy::{self, Caller};
use crate::auth::Scope;
use crate::state::Region;

/// `GET /v2/images/{id}/file`.
pub(super) async fn download(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    _: NoBody,
) -> Answer<Response> {
    let caller = Caller::from(&scope);
    let image = region
        .db
        .read(move |conn| {
            let found = policy::visible(conn, &caller, &id).and_then(|image| {
                if image.status == "deactivated" && !caller.is_admin {
                    let words = "The requested image has been deactivated. Image data download is forbidden.";
                    return Err(Fault::forbidden(words));
                }
                policy::may_download(&caller)?;
                Ok(image)
            });
            Ok(found)
        })
        .await??;
    let size = match image.size.and_then(|size| u64::try_from(size).ok()) {
        Some(size) if !image.stores.is_empty() => size,
        // No data, or data that was refused.
        _ => return Ok(StatusCode::NO_CONTENT.into_response()),
    };
    let range = headers.get(header::RANGE).map(|value| range(value, size)).transpose()?;
    // The seeded volume-backed snapshot and whoever else lost its bytes: nothing to send, as when a store finds nothing.
    let Ok(mut file) = tokio::fs::File::open(Files::of(&region).stored(&image.id)).await else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let (start, end) = range.unwrap_or((0, size));
    file.seek(SeekFrom::Start(start)).await?;
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(end - start), 256 << 10));
    let mut response = Response::new(body);
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
    if let Some(md5) = image.checksum.and_then(|md5| HeaderValue::from_str(&md5).ok()) {
        out.insert("content-md5", md5);
    }
    if range.is_some() {
        let text = format!("bytes {start}-{}/{size}", end.saturating_sub(1));
        if let Ok(value) = HeaderValue::from_str(&text) {
            out.insert(header::CONTENT_RANGE, value);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// One range as start and end (not included), as `get_range_from_request` and `ResponseSerializer.download` read it.
fn range(value: &HeaderValue, size: u64) -> Answer<(u64, u64)> {
    let text = value.to_str().unwrap_or_default();
    if text.contains(',') {
        let words = "Requests with multiple ranges are not supported in Glance. You may make multiple single-range \
                     requests instead.";
        return Err(Fault::bad_request(words));
    }
    let invalid = || Fault::range("Invalid Range header.");
    let (start, end) = text
        .strip_prefix("bytes=")
        .and_then(|spec| spec.trim().split_once('-'))
        .ok_or_else(invalid)?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| invalid());
    if start.is_empty() {
        let suffix = number(end)?;
        return Ok((size.saturating_sub(suffix), size));
    }
    let start = number(start)?;
    let end = match end {
        "" => size,
        end => number(end)?.saturating_add(1).min(size),
    };
    if start >= size {
        let last = i128::from(size) - 1;
        return Err(Fault::range(format!(
            "Invalid start position in Range header. Start position MUST be in the inclusive range [0, {last}]."
        )));
    }
    if end <= start {
        return Err(invalid());
    }
    Ok((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &'static str, expected: Result<(u64, u64), u16>) {
        let found = range(&HeaderValue::from_static(text), 10);
        assert_eq!(found.map_err(|fault| fault.status().as_u16()), expected, "{text}");
    }

    #[test]
    fn ranges() {
        check("bytes=0-3", Ok((0, 4)));
        check("bytes=4-", Ok((4, 10)));
        check("bytes=-2", Ok((8, 10)));
        check("bytes=-20", Ok((0, 10)));
        check("bytes=5-100", Ok((5, 10)));
        check("bytes=10-", Err(416));
        check("bytes=5-4", Err(416));
        check("lines=1-2", Err(416));
        check("bytes=0-1,3-4", Err(400));
    }
}
