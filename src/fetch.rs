//! The only place that sends JSON requests: the client's [`Transport`] on the browser's `fetch`.
//!
//! It adds no header, keeps no cookie and no cache, and ends the request when nobody waits for it
//! any more. (The upload's PUT goes by XHR in `uploads`, as `fetch` tells no progress.)

use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use openstack::{Request, Response, Transport, TransportError};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit};

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
    read(JsFuture::from(window().fetch_with_str(path)).await).await
}

/// Dropping a request that nobody waits for frees its connection.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn fetch(request: &Request, abort: &AbortController) -> Result<Response, TransportError> {
    let headers = Headers::new().map_err(unreachable)?;
    for (name, value) in &request.headers {
        headers.append(name, value).map_err(unreachable)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_headers(&headers);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.signal()));
    if let Some(body) = &request.body {
        init.set_body(&js_sys::Uint8Array::from(body.as_slice()));
    }
    read(JsFuture::from(window().fetch_with_str_and_init(&request.url, &init)).await).await
}

async fn read(answer: Result<JsValue, JsValue>) -> Result<Response, TransportError> {
    let answer: web_sys::Response = answer.map_err(failed)?.dyn_into().map_err(unreachable)?;
    let status = answer.status();
    let headers = read_headers(&answer.headers())?;
    let body = JsFuture::from(answer.array_buffer().map_err(unreachable)?).await.map_err(failed)?;
    Ok(Response { status, headers, body: js_sys::Uint8Array::new(&body).to_vec() })
}

fn read_headers(headers: &Headers) -> Result<Vec<(String, String)>, TransportError> {
    let mut all = Vec::new();
    for entry in js_sys::try_iter(headers).map_err(unreachable)?.into_iter().flatten() {
        let pair: js_sys::Array = entry.map_err(unreachable)?.into();
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            all.push((name, value));
        }
    }
    Ok(all)
}

fn timer(delay: Duration) -> TimeoutFuture {
    TimeoutFuture::new(u32::try_from(delay.as_millis()).unwrap_or(u32::MAX))
}

fn failed(error: JsValue) -> TransportError {
    match error.dyn_ref::<js_sys::Error>().map(js_sys::Error::name) {
        Some(name) if name == "AbortError" => TransportError::Aborted,
        _ => unreachable(error),
    }
}

fn unreachable(error: JsValue) -> TransportError {
    let words = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    TransportError::Unreachable(words.or_else(|| error.as_string()).unwrap_or_default())
}
