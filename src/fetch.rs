//! The only place that sends JSON requests: the client's [`Transport`] on the browser's `fetch`.
//!
//! It adds no header, keeps no cookie and no cache, and ends the request when nobody waits for it
//! any more. (The upload's PUT goes by XHR in `uploads`, as `fetch` tells no progress.)

use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_net::Error;
use gloo_net::http::{Headers, Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use openstack::{Request, Response, Transport, TransportError};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestMode};

/// How long an answer may take. Cinder and Nova answer slow calls within a minute; longer work is
/// polled for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browser as the client sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct FetchTransport;

impl Transport for FetchTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let abort = AbortOnDrop(AbortController::new().map_err(unreachable)?);
        let answer = Box::pin(fetch(&request, &abort.0));
        match select(answer, timer(PATIENCE)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => Err(TransportError::Timeout),
        }
    }

    async fn sleep(&self, delay: Duration) {
        timer(delay).await;
    }

    fn jitter(&self) -> f64 {
        js_sys::Math::random()
    }
}

/// Fetches a text of this origin, such as `/config.json`. It goes out as the page's own preload does,
/// or the browser would fetch it twice; that it is fresh is the server's to say (docs/hosting.md).
///
/// # Errors
/// As [`Transport::send`]; any status is an answer.
pub async fn text(path: &str) -> Result<Response, TransportError> {
    let answer: web_sys::Response = JsFuture::from(window().fetch_with_str(path))
        .await
        .and_then(JsCast::dyn_into)
        .map_err(unreachable)?;
    read(answer.into()).await
}

/// Whether anything answers at an address, whatever it says and whether or not a page of this origin may read it: an opaque
/// request. Nothing goes with it, neither token nor cookie.
///
/// # Errors
/// As [`Transport::send`].
pub async fn answers(url: &str) -> Result<(), TransportError> {
    let abort = AbortOnDrop(AbortController::new().map_err(unreachable)?);
    let call = RequestBuilder::new(url)
        .mode(RequestMode::NoCors)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&abort.0.signal()));
    call.send().await.map(drop).map_err(failed)
}

/// Dropping a request that nobody waits for frees its connection.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn fetch(request: &Request, abort: &AbortController) -> Result<Response, TransportError> {
    // Filled through web-sys: gloo-net's own `append` panics on a value that no header may have.
    let headers = web_sys::Headers::new().map_err(unreachable)?;
    for (name, value) in &request.headers {
        headers.append(name, value).map_err(unreachable)?;
    }
    let method = Method::from_bytes(request.method.as_str().as_bytes())
        .map_err(|error| TransportError::Unreachable(error.to_string()))?;
    let call = RequestBuilder::new(&request.url)
        .method(method)
        .headers(Headers::from_raw(headers))
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&abort.signal()));
    let call = match &request.body {
        Some(body) => call.body(js_sys::Uint8Array::from(body.as_slice())),
        None => call.build(),
    };
    read(call.map_err(failed)?.send().await.map_err(failed)?).await
}

async fn read(answer: gloo_net::http::Response) -> Result<Response, TransportError> {
    let headers = answer.headers().entries().collect();
    let body = answer.binary().await.map_err(failed)?;
    Ok(Response { status: answer.status(), headers, body })
}

fn timer(delay: Duration) -> TimeoutFuture {
    TimeoutFuture::new(u32::try_from(delay.as_millis()).unwrap_or(u32::MAX))
}

fn failed(error: Error) -> TransportError {
    match error {
        Error::JsError(error) if error.name == "AbortError" => TransportError::Aborted,
        Error::JsError(error) => TransportError::Unreachable(error.message),
        other => TransportError::Unreachable(other.to_string()),
    }
}

fn unreachable(error: JsValue) -> TransportError {
    let words = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    TransportError::Unreachable(words.or_else(|| error.as_string()).unwrap_or_default())
}
