//! The border to the outside world: how a request leaves and how time passes.
//!
//! The client knows no browser and no runtime. Whoever embeds it implements [`Transport`] (the console with `fetch`,
//! tests with a script). A transport error is not an HTTP status: a browser does not tell a refused connection, a
//! reset, a missing CORS header and an offline laptop apart, so they are one variant on purpose.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// The HTTP methods that the OpenStack APIs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// The method as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether the same request may be sent again without asking: it changes nothing.
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

/// A request, complete: the transport adds nothing but what its platform adds by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Absolute, or starting with `/` when the cloud is behind the page's own origin.
    pub url: String,
    /// Header names as written here; the receiver ignores case.
    pub headers: Vec<(String, String)>,
    /// The body; its `Content-Type` is among the headers.
    pub body: Option<Vec<u8>>,
}

/// Neither header values nor the body are shown: they carry tokens and passwords.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("header_names", &names)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// An answer that arrived whole, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers that the platform lets us see (cross-origin: only the exposed ones).
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Header values may carry a token (`X-Subject-Token`), so only the status is shown.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// No answer arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// Offline, refused, reset, or hidden by CORS: a browser does not say which. The text is the platform's.
    Unreachable(String),
    /// We ended it ourselves.
    Aborted,
    /// No answer in the time that the transport allows.
    Timeout,
}

/// The outside world as the client needs it.
///
/// No `Send` bound: in the browser everything runs on one thread and a `fetch` future cannot be sent.
pub trait Transport {
    /// Sends one request and returns the whole answer, whatever its status.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>>;

    /// Waits before a repeated attempt.
    fn sleep(&self, delay: Duration) -> impl Future<Output = ()>;

    /// A number in `0.0..1.0` that spreads repeated attempts of many pages; randomness is the caller's.
    fn jitter(&self) -> f64;
}

impl<T: Transport> Transport for Arc<T> {
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>> {
        T::send(self, request)
    }

    fn sleep(&self, delay: Duration) -> impl Future<Output = ()> {
        T::sleep(self, delay)
    }

    fn jitter(&self) -> f64 {
        T::jitter(self)
    }
}
