//! A request taken apart for the services that choose by method and path segments themselves (Nova, Neutron, Cinder):
//! their paths, microversions and refusals are too much their own for a router to answer them alike.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, Method};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::state::Endpoint;

/// What was asked.
pub struct Incoming {
    /// The method; `HEAD` comes as `GET`, hyper drops the body.
    pub method: Method,
    /// The path's segments, decoded, without empty ones.
    pub path: Vec<String>,
    /// The query's pairs in their order, decoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Where it came in.
    pub endpoint: Endpoint,
}

/// Why a body could not be read.
pub enum BodyError {
    /// It is longer than the service takes.
    TooLarge,
    /// The connection broke.
    Broken,
}

impl Incoming {
    /// Reads the request with at most `limit` bytes of body, and hands back its parts for the token check.
    pub async fn read(
        request: Request,
        limit: usize,
    ) -> Result<(Self, axum::http::request::Parts), BodyError> {
        let (mut parts, body) = request.into_parts();
        let body = match Limited::new(body, limit).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(BodyError::TooLarge),
            Err(_) => return Err(BodyError::Broken),
        };
        let Ok(endpoint) = Endpoint::from_request_parts(&mut parts, &()).await;
        let path =
            parts.uri.path().split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let query = parts.uri.query().unwrap_or("");
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let method = if parts.method == Method::HEAD { Method::GET } else { parts.method.clone() };
        let incoming = Self { method, path, query, headers: parts.headers.clone(), body, endpoint };
        Ok((incoming, parts))
    }

    /// The path's segments for matching.
    pub fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn decode(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
