//! The client of one project in one region: adds token and microversion, repeats what may be repeated, and lets every
//! call survive a token that ran out.
//!
//! It deliberately knows no resource: those are in `image`, `compute`, `network`, `volume`, `object_store`, as functions that take it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::decode::Listing;
use crate::endpoint::{Endpoints, Service, version_root};
use crate::error::{ApiError, ErrorKind};
use crate::identity::{Session, Token};
use crate::microversion::{self, Microversion, Spoken};
use crate::pagination::{self, Marker, Page};
use crate::renewal::{Generation, Renewal, SignedOut};
use crate::transport::{Method, Request, Response, Transport};

/// How often a safe call (GET, HEAD) is sent before its failure is reported.
const ATTEMPTS: u32 = 3;
/// The first delay; it doubles each time, and up to as much again is added by the transport's jitter.
const FIRST_DELAY: Duration = Duration::from_millis(300);
/// A cloud that asks us to wait longer than this gets its failure reported: a person is waiting.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// A list that does not end by then is broken (a million rows).
const MOST_PAGES: usize = 1000;

/// The client. Cheap to clone; clones share the token.
pub struct Client<T> {
    inner: Arc<Inner<T>>,
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

struct Inner<T> {
    transport: T,
    endpoints: Endpoints,
    renewal: Renewal,
    compute_versions: Mutex<Option<Spoken>>,
    volume_versions: Mutex<Option<Spoken>>,
}

impl<T: Transport> Client<T> {
    /// A client for a signed-in session. `on_expired` is called once each time the cloud refuses the token: the app then
    /// gets a new session from the user and hands it to [`Client::renew`], or calls [`Client::end`].
    pub fn new(
        transport: T,
        endpoints: Endpoints,
        session: Session,
        on_expired: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let renewal = Renewal::new(session, Box::new(on_expired));
        Self {
            inner: Arc::new(Inner {
                transport,
                endpoints,
                renewal,
                compute_versions: Mutex::new(None),
                volume_versions: Mutex::new(None),
            }),
        }
    }

    /// The session in use.
    pub fn session(&self) -> Arc<Session> {
        self.inner.renewal.session()
    }

    /// Where the services are.
    pub fn endpoints(&self) -> &Endpoints {
        &self.inner.endpoints
    }

    /// Takes a new token of the same user and project; every waiting call goes on with it.
    pub fn renew(&self, session: Session) {
        self.inner.renewal.renew(session);
    }

    /// Ends the session: every waiting and later call fails with [`ErrorKind::SignedOut`].
    pub fn end(&self) {
        self.inner.renewal.end();
    }

    /// Whether calls are waiting (or would wait) for [`Client::renew`].
    pub fn is_expired(&self) -> bool {
        self.inner.renewal.is_expired()
    }

    /// The token for a request that the app sends itself (the upload's XHR), and which one it is. Waits while the token
    /// is known to be expired.
    ///
    /// # Errors
    /// [`SignedOut`] after [`Client::end`].
    pub async fn token(&self) -> Result<(Token, Generation), SignedOut> {
        self.inner
            .renewal
            .current()
            .await
            .map(|(session, generation)| (session.token.clone(), generation))
    }

    /// Reports that a request the app sent itself was answered 401, and waits for the next token.
    ///
    /// # Errors
    /// [`SignedOut`] after [`Client::end`].
    pub async fn token_after(&self, refused: Generation) -> Result<(Token, Generation), SignedOut> {
        self.inner
            .renewal
            .after(refused)
            .await
            .map(|(session, generation)| (session.token.clone(), generation))
    }

    /// Says that the token is known to have run out (its `expires_at` has passed), before any call is refused.
    pub async fn expire_now(&self) {
        if let Ok((_, generation)) = self.inner.renewal.current().await {
            self.inner.renewal.report(generation);
        }
    }

    /// Sends a call and returns its successful answer.
    ///
    /// # Errors
    /// Every status but 2xx, and every way of getting no answer. A 401 is returned only when a renewed token is refused
    /// as well.
    pub async fn send(&self, call: Call) -> Result<Response, ApiError> {
        let version = match call.service {
            Service::Compute => {
                let spoken = self.compute_versions().await?;
                let chosen = spoken.choose(call.uses, call.last);
                Some(chosen.ok_or_else(|| newer_than_known(&call, spoken.oldest))?)
            }
            _ => call.at,
        };
        self.send_with(&call, version).await
    }

    /// Sends a call to a URL of its own without the token. With no header but `Accept` it is a request that a browser
    /// sends without asking first (CORS "simple"), which is the only kind that some addresses answer.
    pub(crate) async fn send_without_token(
        &self,
        call: &Call,
        url: &str,
    ) -> Result<Response, ApiError> {
        self.attempt(call, url, None, None).await
    }

    /// Sends a call and reads its JSON answer.
    ///
    /// # Errors
    /// As [`Client::send`], and [`ErrorKind::Decode`].
    pub async fn json<D: DeserializeOwned>(&self, call: Call) -> Result<D, ApiError> {
        let (operation, service) = (call.operation, call.service);
        let response = self.send(call).await?;
        serde_json::from_slice(&response.body)
            .map_err(|why| ApiError::decode(operation, service, &response, why))
    }

    /// Sends a call and reads what stands under `key` in its JSON answer.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn json_under<D: DeserializeOwned>(
        &self,
        call: Call,
        key: &str,
    ) -> Result<D, ApiError> {
        let (operation, service) = (call.operation, call.service);
        let response = self.send(call).await?;
        let decode = |why: String| ApiError::decode(operation, service, &response, why);
        let mut object: Map<String, Value> =
            serde_json::from_slice(&response.body).map_err(|why| decode(why.to_string()))?;
        let value =
            object.remove(key).ok_or_else(|| decode(format!("no `{key}` in the answer")))?;
        serde_json::from_value(value).map_err(|why| decode(why.to_string()))
    }

    /// One page of the list `key`, starting after `marker`.
    ///
    /// # Errors
    /// As [`Client::json`]; a row that cannot be read is no error ([`Listing::skipped`]).
    pub async fn page<D: DeserializeOwned>(
        &self,
        mut call: Call,
        key: &str,
        marker: Option<&Marker>,
    ) -> Result<Page<D>, ApiError> {
        let (operation, service) = (call.operation, call.service);
        if let Some(marker) = marker {
            call.query.push("marker", marker.as_str());
        }
        let response = self.send(call).await?;
        let decode = |why: String| ApiError::decode(operation, service, &response, why);
        let object =
            serde_json::from_slice(&response.body).map_err(|why| decode(why.to_string()))?;
        pagination::page(object, key).map_err(decode)
    }

    /// All pages of the list `key`.
    ///
    /// # Errors
    /// As [`Client::page`]; nothing is returned when a later page fails, as half a list is not the list.
    pub async fn all_pages<D: DeserializeOwned>(
        &self,
        call: Call,
        key: &str,
    ) -> Result<Listing<D>, ApiError> {
        let mut all = Listing::default();
        let mut marker: Option<Marker> = None;
        for _ in 0..MOST_PAGES {
            let page = self.page(call.clone(), key, marker.as_ref()).await?;
            all.append(page.rows);
            if page.next.is_none() || page.next == marker {
                return Ok(all);
            }
            marker = page.next;
        }
        Err(call.error(ErrorKind::Decode, format!("the list `{key}` does not end")))
    }

    /// The newest compute microversion that both sides speak, found out at the first need: what may be made use of.
    ///
    /// # Errors
    /// When the version document cannot be read; [`ErrorKind::Unsupported`] when the cloud begins with a version that is not
    /// known here.
    pub async fn compute_version(&self) -> Result<Microversion, ApiError> {
        Ok(self.compute_versions().await?.newest)
    }

    async fn compute_versions(&self) -> Result<Spoken, ApiError> {
        let call = Call::new("read compute versions", Service::Compute, Method::Get, "");
        let known = &self.inner.compute_versions;
        self.negotiated(&call, known, "/version", microversion::COMPUTE).await
    }

    /// The newest microversion of the volume service that both sides speak, for the few calls that need more than its first.
    ///
    /// # Errors
    /// As [`Client::compute_version`].
    pub async fn volume_version(&self) -> Result<Microversion, ApiError> {
        let call = Call::new("read volume versions", Service::Volume, Method::Get, "");
        let known = &self.inner.volume_versions;
        Ok(self.negotiated(&call, known, "/versions/0", microversion::VOLUME).await?.newest)
    }

    /// What is known, or what of `ours` the service has by its version document; `place` is where that describes the version.
    async fn negotiated(
        &self,
        call: &Call,
        known: &Mutex<Option<Spoken>>,
        place: &str,
        ours: Spoken,
    ) -> Result<Spoken, ApiError> {
        let before = *known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spoken) = before {
            return Ok(spoken);
        }
        let root = format!("{}/", version_root(self.base(call)?));
        let response = self.send_to(call, &root, None).await?;
        let document: Value = serde_json::from_slice(&response.body)
            .map_err(|why| ApiError::decode(call.operation, call.service, &response, why))?;
        let described = document.pointer(place);
        let version = |field: &str| described?.get(field)?.as_str().and_then(Microversion::parse);
        let spoken = ours
            .with(version("version"), version("min_version"))
            .map_err(|oldest| newer_than_known(call, oldest))?;
        *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(spoken);
        Ok(spoken)
    }

    /// The URL of a path of a service, for requests that the app sends itself.
    ///
    /// # Errors
    /// [`ErrorKind::NoEndpoint`].
    pub fn url(
        &self,
        operation: &'static str,
        service: Service,
        path: &str,
    ) -> Result<String, ApiError> {
        let call = Call::new(operation, service, Method::Get, path);
        Ok(format!("{}{path}", self.base(&call)?))
    }

    pub(crate) fn base(&self, call: &Call) -> Result<&str, ApiError> {
        self.inner.endpoints.base(call.service).ok_or_else(|| {
            call.error(
                ErrorKind::NoEndpoint,
                format!("no public endpoint for {}", call.service.name()),
            )
        })
    }

    async fn send_with(
        &self,
        call: &Call,
        version: Option<Microversion>,
    ) -> Result<Response, ApiError> {
        let url = format!("{}{}{}", self.base(call)?, call.path, call.query.suffix());
        self.send_to(call, &url, version).await
    }

    /// With the token of the moment; on 401 once more with the next one.
    async fn send_to(
        &self,
        call: &Call,
        url: &str,
        version: Option<Microversion>,
    ) -> Result<Response, ApiError> {
        let signed_out = |SignedOut| call.error(ErrorKind::SignedOut, "");
        let (session, generation) = self.inner.renewal.current().await.map_err(signed_out)?;
        let first = self.attempt(call, url, version, Some(&session.token)).await;
        match first {
            Err(error) if error.kind == ErrorKind::Unauthorized => {
                let (session, _) =
                    self.inner.renewal.after(generation).await.map_err(signed_out)?;
                self.attempt(call, url, version, Some(&session.token)).await
            }
            other => other,
        }
    }

    /// Sends until it succeeds, fails for good, or was tried often enough.
    async fn attempt(
        &self,
        call: &Call,
        url: &str,
        version: Option<Microversion>,
        token: Option<&Token>,
    ) -> Result<Response, ApiError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let error = match self.inner.transport.send(request(call, url, version, token)).await {
                Ok(response) if response.is_success() => return Ok(response),
                Ok(response) => ApiError::from_response(call.operation, call.service, &response),
                Err(error) => ApiError::from_transport(call.operation, call.service, error),
            };
            match delay_before_retry(call.method, &error, tried, self.inner.transport.jitter()) {
                Some(delay) => self.inner.transport.sleep(delay).await,
                None => return Err(error),
            }
        }
    }
}

/// The cloud has left behind what we know of it.
fn newer_than_known(call: &Call, oldest: Microversion) -> ApiError {
    let service = call.service.name();
    call.error(
        ErrorKind::Unsupported,
        format!("the {service} API of this cloud begins with {oldest}"),
    )
}

fn request(
    call: &Call,
    url: &str,
    version: Option<Microversion>,
    token: Option<&Token>,
) -> Request {
    let mut headers = vec![("Accept".to_owned(), "application/json".to_owned())];
    if let Some(token) = token {
        headers.push(("X-Auth-Token".to_owned(), token.reveal().to_owned()));
    }
    if let Some(version) = version {
        let service = if call.service == Service::Volume { "volume" } else { "compute" };
        headers.push(("OpenStack-API-Version".to_owned(), format!("{service} {version}")));
    }
    headers.extend(call.headers.iter().cloned());
    Request { method: call.method, url: url.to_owned(), headers, body: call.body.clone() }
}

/// How long to wait before the same request is sent again, or `None` to report the failure. A request that changes
/// something is repeated only after 429: then the cloud says that it did nothing.
fn delay_before_retry(
    method: Method,
    error: &ApiError,
    tried: u32,
    jitter: f64,
) -> Option<Duration> {
    let may_repeat =
        error.kind == ErrorKind::RateLimited || (method.is_safe() && error.is_transient());
    if !may_repeat || tried >= ATTEMPTS {
        return None;
    }
    let backoff = FIRST_DELAY * 2_u32.saturating_pow(tried - 1);
    let delay =
        error.retry_after.unwrap_or_default().max(backoff.mul_f64(1.0 + jitter.clamp(0.0, 1.0)));
    (delay <= LONGEST_WAIT).then_some(delay)
}
