//! One call to a service: what is asked, before [`crate::Client`] adds token, microversion and URL.

use serde_json::Value;

use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::microversion::{self, Microversion};
use crate::query::Query;
use crate::transport::Method;

/// One call, before token, microversion and URL are added.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) operation: &'static str,
    pub(crate) service: Service,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) uses: Microversion,
    pub(crate) last: Option<Microversion>,
    pub(crate) at: Option<Microversion>,
}

impl Call {
    /// A call: what we are doing in words, whom we ask, and the path below the service's base (`/images`).
    pub fn new(
        operation: &'static str,
        service: Service,
        method: Method,
        path: impl Into<String>,
    ) -> Self {
        Self {
            operation,
            service,
            method,
            path: path.into(),
            query: Query::new(),
            headers: Vec::new(),
            body: None,
            uses: microversion::COMPUTE.oldest,
            last: None,
            at: None,
        }
    }

    /// The same making use of this compute microversion: it is sent in that one, or in the newest before it that the cloud has.
    /// A call to compute that says nothing is sent in the first.
    #[must_use]
    pub fn uses(mut self, version: Microversion) -> Self {
        self.uses = version;
        self
    }

    /// The same never in a compute microversion after this one, which is the last that has it.
    #[must_use]
    pub fn dropped_after(mut self, last: Microversion) -> Self {
        self.last = Some(last);
        self
    }

    /// The same at exactly this microversion: for a service other than compute, which is asked without any, once it is
    /// known to have it.
    #[must_use]
    pub(crate) fn at_microversion(mut self, version: Microversion) -> Self {
        self.at = Some(version);
        self
    }

    /// The same with a query.
    #[must_use]
    pub fn query(mut self, query: Query) -> Self {
        self.query = query;
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.json_as("application/json", value)
    }

    /// The same with a JSON body of a media type of its own.
    #[must_use]
    pub fn json_as(mut self, media_type: &str, value: &Value) -> Self {
        self.headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        self.body = Some(value.to_string().into_bytes());
        self
    }

    /// The same with a body that is no JSON.
    #[must_use]
    pub fn bytes(mut self, media_type: &str, body: Vec<u8>) -> Self {
        self.headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        self.body = Some(body);
        self
    }

    /// An error of this call that no answer reports.
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>) -> ApiError {
        ApiError::local(self.operation, self.service, kind, message)
    }
}
