//! The services' CORS filter (oslo.middleware), only there when a foreign origin was given at
//! start.
//!
//! The lists are each service's own defaults, so that what a default cloud does not allow or expose
//! is missing here as well: Glance allows neither `Range` nor `X-Image-Meta-Store` and exposes
//! neither `Location` nor `OpenStack-image-import-methods`. Their source is
//! `set_cors_middleware_defaults` in each service's code (keystone/conf/__init__.py,
//! glance/common/config.py, nova/middleware.py, neutron/common/config.py, cinder/common/config.py).

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Method, Request, Response};

use crate::server::StartError;
use crate::service::Service;

/// The filter for one allowed origin.
pub(crate) struct Cors {
    origin: HeaderValue,
}

/// Headers that need no permission (oslo_middleware/cors.py, `SIMPLE_HEADERS`).
const SIMPLE: &[&str] = &[
    "accept",
    "accept-language",
    "content-type",
    "cache-control",
    "content-language",
    "expires",
    "last-modified",
    "pragma",
];

impl Cors {
    pub(crate) fn new(origin: &str) -> Result<Self, StartError> {
        let bad = || StartError::Origin(origin.to_owned());
        let parsed = url::Url::parse(origin).map_err(|_| bad())?;
        if parsed.origin().ascii_serialization() != origin {
            return Err(bad());
        }
        Ok(Self { origin: HeaderValue::from_str(origin).map_err(|_| bad())? })
    }

    /// The answer to a preflight; `None` when the request is not one. What is not allowed gets 200
    /// without a word on CORS, as recorded.
    pub(crate) fn preflight(
        &self,
        service: Service,
        request: &Request<Body>,
    ) -> Option<Response<Body>> {
        let origin = request.headers().get(ORIGIN)?;
        if request.method() != Method::OPTIONS {
            return None;
        }
        let mut response = Response::new(Body::empty());
        let Some(method) = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD) else {
            return Some(response);
        };
        let asked = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS);
        if origin != self.origin
            || !method_allowed(service, method)
            || !headers_allowed(service, asked)
        {
            return Some(response);
        }
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        if let Some(asked) = asked {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        Some(response)
    }

    /// Lets the allowed origin read an answer. A 401 as well: the filter stands before the token
    /// check.
    pub(crate) fn expose(
        &self,
        service: Service,
        origin: Option<&HeaderValue>,
        response: &mut Response<Body>,
    ) {
        if origin != Some(&self.origin) {
            return;
        }
        let headers = response.headers_mut();
        let vary = match headers.get(VARY).and_then(|value| value.to_str().ok()) {
            Some(vary) => format!("{vary},Origin"),
            None => String::from("Origin"),
        };
        if let Ok(vary) = HeaderValue::from_str(&vary) {
            headers.insert(VARY, vary);
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed(service)));
    }
}

/// `allow_methods` of each service; only Cinder names HEAD.
fn method_allowed(service: Service, method: &HeaderValue) -> bool {
    match method.as_bytes() {
        b"GET" | b"PUT" | b"POST" | b"DELETE" | b"PATCH" => true,
        b"HEAD" => service == Service::Volume,
        _ => false,
    }
}

fn headers_allowed(service: Service, asked: Option<&HeaderValue>) -> bool {
    let Some(asked) = asked else { return true };
    let Ok(asked) = asked.to_str() else { return false };
    asked
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .all(|name| SIMPLE.contains(&name.as_str()) || allowed(service).contains(&name.as_str()))
}

/// `allow_headers` of each service.
fn allowed(service: Service) -> &'static [&'static str] {
    match service {
        Service::Identity => &[
            "x-auth-token",
            "x-openstack-request-id",
            "x-subject-token",
            "x-project-id",
            "x-project-name",
            "x-project-domain-id",
            "x-project-domain-name",
            "x-domain-id",
            "x-domain-name",
            "openstack-auth-receipt",
        ],
        Service::Image => &[
            "content-md5",
            "x-image-meta-checksum",
            "x-storage-token",
            "accept-encoding",
            "x-auth-token",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-request-id",
        ],
        Service::Compute => &[
            "x-auth-token",
            "x-openstack-request-id",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-nova-api-version",
            "openstack-api-version",
        ],
        Service::Network => &[
            "x-auth-token",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-request-id",
        ],
        Service::Volume => &[
            "x-auth-token",
            "x-identity-status",
            "x-roles",
            "x-service-catalog",
            "x-user-id",
            "x-tenant-id",
            "x-openstack-request-id",
            "x-trace-info",
            "x-trace-hmac",
            "openstack-api-version",
        ],
        // `object::cors`
        Service::Object => &[],
    }
}

/// `expose_headers` of each service.
fn exposed(service: Service) -> &'static str {
    match service {
        Service::Identity => {
            "X-Auth-Token,X-OpenStack-Request-ID,X-Subject-Token,Openstack-Auth-Receipt"
        }
        Service::Image => {
            "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID"
        }
        Service::Compute => {
            "X-Auth-Token,X-Openstack-Request-Id,X-Subject-Token,X-Service-Token,X-OpenStack-Nova-API-Version,OpenStack-API-Version"
        }
        Service::Network => {
            "X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID,OpenStack-Volume-microversion"
        }
        Service::Volume => {
            "X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID,OpenStack-API-Version"
        }
        Service::Object => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preflight(service: Service, origin: &str, method: &str, headers: &str) -> bool {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .header(ORIGIN, origin)
            .header(ACCESS_CONTROL_REQUEST_METHOD, method)
            .header(ACCESS_CONTROL_REQUEST_HEADERS, headers)
            .body(Body::empty())
            .unwrap();
        let answer =
            Cors::new("http://localhost:3000").unwrap().preflight(service, &request).unwrap();
        assert_eq!(answer.status(), 200);
        answer.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
    }

    #[test]
    fn what_a_default_cloud_refuses_is_refused() {
        let ours = "http://localhost:3000";
        for (service, origin, method, headers, allowed) in [
            (Service::Identity, ours, "POST", "content-type", true),
            (Service::Identity, ours, "POST", "content-type,openstack-auth-receipt", true),
            (Service::Identity, ours, "DELETE", "x-auth-token, X-Subject-Token", true),
            (Service::Identity, "http://evil.example", "POST", "content-type", false),
            (Service::Image, ours, "PUT", "content-type,x-auth-token", true),
            (Service::Image, ours, "PUT", "content-type,x-auth-token,x-image-meta-store", false),
            (Service::Image, ours, "GET", "range,x-auth-token", false),
            (Service::Image, ours, "HEAD", "x-auth-token", false),
            (Service::Image, ours, "TRACE", "x-auth-token", false),
            (
                Service::Compute,
                ours,
                "POST",
                "content-type,openstack-api-version,x-auth-token",
                true,
            ),
            (Service::Network, ours, "GET", "openstack-api-version,x-auth-token", false),
            (
                Service::Volume,
                ours,
                "POST",
                "content-type,openstack-api-version,x-auth-token",
                true,
            ),
        ] {
            assert_eq!(
                preflight(service, origin, method, headers),
                allowed,
                "{service:?} {method} {headers} from {origin}"
            );
        }
    }

    #[test]
    fn an_origin_with_a_path_or_without_a_scheme_is_not_one() {
        for bad in
            ["localhost:3000", "http://localhost:3000/", "http://localhost:3000/app", "*", ""]
        {
            assert!(Cors::new(bad).is_err(), "{bad:?}");
        }
    }
}
