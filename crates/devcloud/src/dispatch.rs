//! From a request to the service that answers it: by path prefix, as a reverse proxy in front of
//! DevStack does.
//!
//! Each answer gets the request-id headers of its service, and one line in the log (method, path
//! without its query, status, time), never a token.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::http::header::HOST;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use tower::ServiceExt;

use crate::app::App;
use crate::cors::Cors;
use crate::faults::{self, Asked, Connection};
use crate::service::Service;
use crate::state::{Endpoint, Region};

/// Routes of everything that this cloud serves.
pub(crate) struct Dispatch {
    regions: Vec<Services>,
    app: App,
    control: Router,
    cors: Option<Cors>,
}

/// The services of one region.
struct Services {
    region: Region,
    identity: Router,
    image: Router,
    compute: Router,
    network: Router,
    volume: Router,
    object: Router,
}

impl Services {
    fn new(region: Region) -> Self {
        Self {
            identity: crate::identity::router().with_state(region.identity.clone()),
            image: crate::image::router().with_state(region.clone()),
            compute: crate::compute::router().with_state(region.clone()),
            network: crate::network::router().with_state(region.clone()),
            volume: crate::volume::router().with_state(region.clone()),
            object: crate::object::router().with_state(region.clone()),
            region,
        }
    }

    fn router(&self, service: Service) -> Router {
        match service {
            Service::Identity => &self.identity,
            Service::Image => &self.image,
            Service::Compute => &self.compute,
            Service::Network => &self.network,
            Service::Volume => &self.volume,
            Service::Object => &self.object,
        }
        .clone()
    }
}

/// A request's path, taken apart.
struct Target<'a> {
    services: &'a Services,
    service: Service,
    /// The path below the service's root; starts with a slash.
    path: &'a str,
}

impl Dispatch {
    pub(crate) fn new(regions: &[Region], app: App, control: Router, cors: Option<Cors>) -> Self {
        Self { regions: regions.iter().cloned().map(Services::new).collect(), app, control, cors }
    }

    /// Answers one request. `connection` is the one it came in by, for the faults that break it.
    pub(crate) async fn handle(
        &self,
        request: Request<Body>,
        connection: &Connection,
    ) -> Response<Body> {
        let began = Instant::now();
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let response = self.answer(request, connection).await;
        let ms = began.elapsed().as_millis();
        tracing::info!(%method, path, status = response.status().as_u16(), ms, "request");
        response
    }

    async fn answer(&self, mut request: Request<Body>, connection: &Connection) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let Some(target) = self.target(&path) else {
            if path == "/devcloud" || path.starts_with("/devcloud/") {
                return self
                    .control
                    .clone()
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {});
            }
            return self.app.serve(request).await;
        };
        let service = target.service;
        // Swift has CORS of its own, and no filter in front.
        let filter = self.cors.as_ref().filter(|_| service != Service::Object);
        if let Some(preflight) = filter.and_then(|cors| cors.preflight(service, &request)) {
            return preflight;
        }
        if service == Service::Object {
            // Swift answers every `OPTIONS` itself. The fault plan does not see them: it counts what a page asked for.
            let (method, headers) = (request.method().clone(), request.headers().clone());
            let region = &target.services.region;
            let preflight = crate::object::preflight(region, &method, target.path, &headers).await;
            if let Some(mut preflight) = preflight {
                let id = request_id(&target);
                add_request_id(service, target.path, &mut preflight, &id);
                return preflight;
            }
        }
        let foreign = request.headers().get(axum::http::header::ORIGIN).cloned();
        let endpoint = endpoint(&target, request.headers());
        let origin = endpoint.origin.clone();
        let request_id = endpoint.request_id.clone();
        request.extensions_mut().insert(endpoint);
        let region = &target.services.region;
        let router = target.services.router(service);
        let below = target.path.to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let mut response = match below_root(request, &below) {
            Some(request) => {
                let faults = region.faults.matching(&Asked {
                    service,
                    region: region.name,
                    method: request.method(),
                    path: target.path,
                    query: request.uri().query().unwrap_or_default(),
                });
                faults::apply(faults, service, &origin, request, connection, router).await
            }
            None => service.error(
                StatusCode::BAD_REQUEST,
                "The request line could not be read.",
                &origin,
            ),
        };
        add_request_id(service, &below, &mut response, &request_id);
        if service == Service::Object {
            crate::object::expose(region, &below, &query, foreign.as_ref(), &mut response).await;
        } else if let Some(cors) = filter {
            cors.expose(service, foreign.as_ref(), &mut response);
        }
        response
    }

    fn target<'a>(&'a self, path: &'a str) -> Option<Target<'a>> {
        self.regions.iter().find_map(|services| {
            let rest = path.strip_prefix(services.region.prefix)?.strip_prefix('/')?;
            let (segment, below) = match rest.find('/') {
                Some(at) => rest.split_at(at),
                None => (rest, "/"),
            };
            let service = Service::ALL.into_iter().find(|service| service.segment() == segment)?;
            // Identity is one for all regions and stands at one place; not every cloud has an object store.
            let missing = match service {
                Service::Identity => !services.region.prefix.is_empty(),
                Service::Object => !services.region.options.object_store,
                _ => false,
            };
            if missing {
                return None;
            }
            Some(Target { services, service, path: below })
        })
    }
}

fn endpoint(target: &Target<'_>, headers: &HeaderMap) -> Endpoint {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    // A TLS-ending proxy in front says so, as oslo's http_proxy_to_wsgi expects it.
    let scheme = match headers.get("x-forwarded-proto").map(HeaderValue::as_bytes) {
        Some(b"https") => "https",
        _ => "http",
    };
    let origin = format!("{scheme}://{host}");
    let root = format!("{origin}{}/{}", target.services.region.prefix, target.service.segment());
    Endpoint { service: target.service, origin, root, request_id: request_id(target) }
}

/// Swift's transaction ids end in the time.
fn request_id(target: &Target<'_>) -> String {
    let id = uuid::Uuid::new_v4();
    if target.service != Service::Object {
        return format!("req-{id}");
    }
    let id = id.simple().to_string();
    let seconds = target.services.region.clock.now().as_second();
    format!("tx{}-{seconds:010x}", id.get(..21).unwrap_or(&id))
}

/// The request as the service sees it: its path below the service's root.
fn below_root(request: Request<Body>, below: &str) -> Option<Request<Body>> {
    let (mut parts, body) = request.into_parts();
    let path_and_query = match parts.uri.query() {
        Some(query) => format!("{below}?{query}"),
        None => below.to_owned(),
    };
    let mut uri = Uri::default().into_parts();
    uri.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    parts.uri = Uri::from_parts(uri).ok()?;
    Some(Request::from_parts(parts, body))
}

/// Which headers carry the request id, as recorded. Glance leaves it out where its filter is not
/// reached: discovery and 401. So do Nova and Neutron at their roots; Cinder's second header comes from
/// what writes its bodies.
fn add_request_id(service: Service, path: &str, response: &mut Response<Body>, request_id: &str) {
    const OPENSTACK: HeaderName = HeaderName::from_static("x-openstack-request-id");
    const COMPUTE: HeaderName = HeaderName::from_static("x-compute-request-id");
    const TRANSACTION: HeaderName = HeaderName::from_static("x-trans-id");
    let names: &[HeaderName] = match service {
        Service::Image
            if response.status() == StatusCode::UNAUTHORIZED
                || matches!(path, "/" | "/versions") =>
        {
            &[]
        }
        Service::Compute | Service::Network if path == "/" => &[],
        Service::Identity | Service::Image | Service::Network => &[OPENSTACK],
        Service::Volume
            if response.status() == StatusCode::UNAUTHORIZED
                || response.body().size_hint().exact() == Some(0) =>
        {
            &[OPENSTACK]
        }
        Service::Compute | Service::Volume => &[OPENSTACK, COMPUTE],
        Service::Object => &[TRANSACTION, OPENSTACK],
    };
    let Ok(value) = HeaderValue::from_str(request_id) else { return };
    for name in names {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
}
