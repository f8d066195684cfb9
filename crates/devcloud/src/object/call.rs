//! One request: what it names, and the way it takes through Swift's pipeline (bulk, TempURL, token, SLO, proxy server).

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};

use super::access::{self, Access, Denied};
use super::reply::{Answer, Refusal, hide};
use super::stamp::Stamp;
use super::tempurl::{self, TempUrl};
use super::{account, bulk, change, container, info, put, read, slo_delete, slo_put};
use crate::body_reader::BodyReader;
use crate::state::{Endpoint, Region};

/// What a path names. A part that is missing is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// `AUTH_…`
    pub(super) account: String,
    pub(super) container: String,
    pub(super) object: String,
}

impl Place {
    /// `None` when this is no path of the API.
    pub(super) fn of(path: &str) -> Option<Self> {
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
        let mut parts = path.strip_prefix("/v1/")?.splitn(3, '/').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let place = Self { account: next(), container: next(), object: next() };
        (!place.account.is_empty()).then_some(place)
    }

    /// What a path like `/container/object`, which is not percent-encoded, names in the same account.
    pub(super) fn beside(&self, path: &str) -> Self {
        let path = path.trim_start_matches('/');
        let (container, object) = path.split_once('/').unwrap_or((path, ""));
        Self { account: self.account.clone(), container: container.into(), object: object.into() }
    }

    /// The project whose account it is; another kind of account does not exist here.
    pub(super) fn project(&self) -> &str {
        self.account.strip_prefix("AUTH_").unwrap_or_default()
    }
}

/// The request.
pub(super) struct Call {
    pub(super) region: Region,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) query: Vec<(String, String)>,
    pub(super) endpoint: Endpoint,
    pub(super) place: Place,
    pub(super) now: Stamp,
}

impl Call {
    /// A query parameter.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a query parameter has this value.
    pub(super) fn asks(&self, name: &str, value: &str) -> bool {
        self.asked(name) == Some(value)
    }

    /// A query parameter that is switched on (`config_true_value`).
    pub(super) fn switched_on(&self, name: &str) -> bool {
        let value = self.asked(name).unwrap_or_default().to_ascii_lowercase();
        ["true", "1", "yes", "on", "t", "y"].contains(&value.as_str())
    }

    /// A header as text, empty when it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether the caller would rather have JSON than text.
    pub(super) fn accepts_json(&self) -> bool {
        let accepted = self.header("accept");
        accepted.split(',').any(|kind| {
            kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json")
        })
    }

    /// Whether nothing is changed by it.
    pub(super) fn reads(&self) -> bool {
        [Method::GET, Method::HEAD].contains(&self.method)
    }
}

/// Answers any request below the service's root.
pub(super) async fn answer(State(region): State<Region>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Ok(endpoint) = Endpoint::from_request_parts(&mut parts, &()).await;
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default();
    let call = Call {
        now: Stamp::now(&region.clock),
        place: Place::of(&path).unwrap_or_default(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        method: parts.method,
        headers: parts.headers,
        region,
        endpoint,
    };
    let mut body = BodyReader::new(body);
    let answer = match path.as_str() {
        "/info" => info::answer(&call),
        "/healthcheck" => Ok(super::reply::with_body(StatusCode::OK, "text/plain", "OK".into())),
        // swift/proxy/server.py: a path that names nothing.
        _ if call.place.account.is_empty() => {
            Err(Refusal::html(StatusCode::PRECONDITION_FAILED, "Bad URL"))
        }
        _ => pipeline(&call, &mut body).await,
    };
    if !body.ended() {
        call.region.tasks.spawn(body.read_on());
    }
    let mut response = answer.unwrap_or_else(|refusal| *refusal.0);
    if call.method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

async fn pipeline(call: &Call, body: &mut BodyReader) -> Answer {
    let bulk_delete = call.asked("bulk-delete").is_some();
    if bulk_delete && [Method::POST, Method::DELETE].contains(&call.method) {
        return bulk::delete(call, body).await.map_err(Refusal::hidden);
    }
    match TempUrl::of(call) {
        None => app(call, access::of(call).await?, body).await,
        Some(given) => {
            let temp_url = tempurl::check(call, given).await.map_err(Refusal::hidden)?;
            let response = app(call, Ok(temp_url.access.clone()), body).await?;
            Ok(temp_url.dress(call, response))
        }
    }
}

async fn app(call: &Call, access: Result<Access, Denied>, body: &mut BodyReader) -> Answer {
    let of_object = !call.place.object.is_empty() && !call.place.container.is_empty();
    // SLO stands to the left of the proxy server, which is what looks at the token: a manifest without a good one is
    // refused because its segments cannot be seen.
    if of_object && call.method == Method::PUT && call.asks("multipart-manifest", "put") {
        return slo_put::put(call, access, body).await;
    }
    if of_object && call.method == Method::DELETE && call.asks("multipart-manifest", "delete") {
        let mut report = slo_delete::delete(call, access).await.map_err(Refusal::hidden)?;
        hide(&mut report);
        return Ok(report);
    }
    let access = if call.reads() { access } else { access::writing(access) };
    let access = access.map_err(|denied| denied.refusal(call))?;
    let method = call.method.as_str();
    match (call.place.container.is_empty(), of_object, method) {
        (true, _, "GET" | "HEAD") => account::show(call, &access).await,
        (true, _, "POST") => account::change(call).await,
        (false, false, "GET" | "HEAD") => container::show(call, &access).await,
        (false, false, "PUT") => container::create(call).await,
        (false, false, "POST") => container::change(call).await,
        (false, false, "DELETE") => container::delete(call).await,
        (_, true, "GET" | "HEAD") => read::read(call, &access).await,
        (_, true, "PUT") => put::put(call, body).await,
        (_, true, "POST") => change::change(call).await,
        (_, true, "DELETE") => change::delete(call).await,
        _ => Err(Refusal::page(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<(&str, &str, &str)>) {
        let expected = expected.map(|(account, container, object)| Place {
            account: account.into(),
            container: container.into(),
            object: object.into(),
        });
        assert_eq!(Place::of(path), expected, "{path}");
    }

    #[test]
    fn a_path_is_taken_apart() {
        check("/v1/AUTH_p", Some(("AUTH_p", "", "")));
        check("/v1/AUTH_p/", Some(("AUTH_p", "", "")));
        check("/v1/AUTH_p/c", Some(("AUTH_p", "c", "")));
        check("/v1/AUTH_p/c/", Some(("AUTH_p", "c", "")));
        check("/v1/AUTH_p/c/a/b%20c/", Some(("AUTH_p", "c", "a/b c/")));
        check("/v1/AUTH_p/%C3%A5/%E2%82%AC", Some(("AUTH_p", "å", "€")));
        check("/v1/AUTH_p/c/%FF", None);
        check("/v1/", None);
        check("/v2/AUTH_p", None);
        check("/", None);
    }
}
