//! Containers, and what is written on them.

use super::container_path;
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::identity::Secret;
use crate::transport::{Method, Response, Transport};

const TEMP_URL_KEY: &str = "X-Container-Meta-Temp-URL-Key";
const TEMP_URL_KEY_2: &str = "X-Container-Meta-Temp-URL-Key-2";
const ALLOW_ORIGIN: &str = "X-Container-Meta-Access-Control-Allow-Origin";
const MAX_AGE: &str = "X-Container-Meta-Access-Control-Max-Age";
const EXPOSE_HEADERS: &str = "X-Container-Meta-Access-Control-Expose-Headers";

/// A container as its headers describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The first key of its TempURLs. Only who may write to the container sees it.
    pub temp_url_key: Option<Secret>,
    /// The second key: both are valid, so that one can be replaced while the other is in use.
    pub temp_url_key_2: Option<Secret>,
    /// The origins whose pages may read and write it, separated by spaces; `*` for all.
    pub allow_origin: Option<String>,
    /// The most bytes that it may hold; Swift enforces it late.
    pub quota_bytes: Option<u64>,
    /// The most objects that it may hold.
    pub quota_objects: Option<u64>,
    /// Bytes in it. Hidden from a page of another origin.
    pub used_bytes: Option<u64>,
    /// Objects in it. Hidden from a page of another origin.
    pub objects: Option<u64>,
}

impl Container {
    fn read(response: &Response) -> Self {
        let text = |name: &str| {
            response
                .header(name)
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        let number = |name: &str| response.header(name).and_then(|value| value.trim().parse().ok());
        Self {
            temp_url_key: text(TEMP_URL_KEY).map(Secret::new),
            temp_url_key_2: text(TEMP_URL_KEY_2).map(Secret::new),
            allow_origin: text(ALLOW_ORIGIN),
            quota_bytes: number("X-Container-Meta-Quota-Bytes"),
            quota_objects: number("X-Container-Meta-Quota-Count"),
            used_bytes: number("X-Container-Bytes-Used"),
            objects: number("X-Container-Object-Count"),
        }
    }

    /// Whether a page of this origin may use the container, as its own metadata say. A cloud may allow origins for all
    /// containers besides (`cors_allow_origin`), which nothing tells.
    pub fn allows(&self, origin: &str) -> bool {
        self.allow_origin
            .as_deref()
            .is_some_and(|all| all.split_whitespace().any(|one| one == "*" || one == origin))
    }
}

/// What to write on a container; `None` leaves what stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerSettings {
    /// The first key of its TempURLs.
    pub temp_url_key: Option<Secret>,
    /// The second key.
    pub temp_url_key_2: Option<Secret>,
    /// The origins whose pages may use it, separated by spaces.
    pub allow_origin: Option<String>,
    /// For how many seconds a browser may remember that it may.
    pub max_age_seconds: Option<u32>,
    /// Further headers that such a page may see, separated by spaces.
    pub expose_headers: Option<String>,
}

impl ContainerSettings {
    fn on(&self, mut call: Call) -> Call {
        let max_age = self.max_age_seconds.map(|seconds| seconds.to_string());
        let headers = [
            (TEMP_URL_KEY, self.temp_url_key.as_ref().map(Secret::reveal)),
            (TEMP_URL_KEY_2, self.temp_url_key_2.as_ref().map(Secret::reveal)),
            (ALLOW_ORIGIN, self.allow_origin.as_deref()),
            (MAX_AGE, max_age.as_deref()),
            (EXPOSE_HEADERS, self.expose_headers.as_deref()),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                call = call.header(name, value);
            }
        }
        call
    }
}

/// A container; `None` when there is none of that name.
///
/// # Errors
/// As every call but 404. From a page of another origin a container that is not there cannot be told from one that
/// refuses the page: the browser's question goes unanswered ([`ErrorKind::Unreachable`]).
pub async fn container_show<T: Transport>(
    client: &Client<T>,
    container: &str,
) -> Result<Option<Container>, ApiError> {
    let call = call("look at the container", Method::Head, container);
    match client.send(call).await {
        Ok(response) => Ok(Some(Container::read(&response))),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a container, or writes on the one that is there.
///
/// # Errors
/// 403 where the user may not. From a page of another origin it fails unless the cloud allows that origin for all.
pub async fn container_create<T: Transport>(
    client: &Client<T>,
    container: &str,
    settings: &ContainerSettings,
) -> Result<(), ApiError> {
    let call = call("create the container", Method::Put, container);
    client.send(settings.on(call)).await.map(drop)
}

/// Writes on a container.
///
/// # Errors
/// 404 when there is none of that name.
pub async fn container_update<T: Transport>(
    client: &Client<T>,
    container: &str,
    settings: &ContainerSettings,
) -> Result<(), ApiError> {
    let call = call("set up the container", Method::Post, container);
    client.send(settings.on(call)).await.map(drop)
}

/// Deletes an empty container.
///
/// # Errors
/// 409 when something is in it, 404 when it is gone.
pub async fn container_delete<T: Transport>(
    client: &Client<T>,
    container: &str,
) -> Result<(), ApiError> {
    client.send(call("delete the container", Method::Delete, container)).await.map(drop)
}

fn call(operation: &'static str, method: Method, container: &str) -> Call {
    Call::new(operation, Service::ObjectStore, method, container_path(container))
}
