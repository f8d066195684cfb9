//! Serves the built app at `/`, as a CDN would: hashed files for ever, the page itself never from a
//! cache, any path that is no file leads to the page.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use serde_json::json;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::server::StartError;
use crate::service::json_response;

/// What hosts are told to send with every file (`docs/hosting.md`), this one too. A test holds it against the page's own
/// policy and against nginx's files.
const ADVISED: &str = include_str!("../../../docs/hosting/_headers");

/// First path segments of the services; what stands there but is not served is missing, not a page
/// of the app.
const API_SEGMENTS: [&str; 8] =
    ["identity", "image", "compute", "networking", "volume", "object-store", "placement", "dev-2"];

/// The built app, if there is one.
pub struct App {
    folder: Option<Folder>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

struct Folder {
    path: PathBuf,
    files: ServeDir,
}

impl App {
    /// Looks whether the folder holds a built app.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, StartError> {
        let headers = for_every_file(ADVISED);
        let Some(path) = folder else { return Ok(Self { folder: None, headers }) };
        if !path.join("index.html").is_file() {
            return Err(StartError::App(path.to_owned()));
        }
        let files = ServeDir::new(path)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Ok(Self { folder: Some(Folder { path: path.to_owned(), files }), headers })
    }

    /// Answers a request that is for no service.
    pub(crate) async fn serve(&self, request: Request<Body>) -> Response<Body> {
        let encrypted = came_encrypted(request.headers());
        let mut response = self.answer(request).await;
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            // Browsers do not heed it without TLS, and a proxy that ends TLS says so.
            if name != STRICT_TRANSPORT_SECURITY || encrypted {
                headers.insert(name, value.clone());
            }
        }
        response
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path();
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD here.\n");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        if API_SEGMENTS
            .contains(&path.trim_start_matches('/').split('/').next().unwrap_or_default())
        {
            return plain(StatusCode::NOT_FOUND, "No service stands here.\n");
        }
        // One that lies beside the app is served in place of ours, as any web host would.
        let own = self.folder.as_ref().is_some_and(|folder| folder.holds("/config.json"));
        if path == "/config.json" && !own {
            let mut response = json_response(StatusCode::OK, &config());
            never_cached(&mut response);
            return response;
        }
        let Some(folder) = &self.folder else {
            return plain(
                StatusCode::NOT_FOUND,
                "This is devcloud, started without --app: only the APIs are here, see /identity/v3.\n",
            );
        };
        folder.serve(request).await
    }
}

impl Folder {
    async fn serve(&self, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let wants_page = request.headers().get(ACCEPT).is_none_or(|accept| {
            accept
                .to_str()
                .is_ok_and(|accept| accept.contains("text/html") || accept.contains("*/*"))
        });
        let is_file = path != "/" && self.holds(&path);
        let looks_like_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        if !is_file && (looks_like_file || !wants_page) {
            return plain(StatusCode::NOT_FOUND, "No such file.\n");
        }
        let (served, request) =
            if is_file { (path, request) } else { (String::from("/index.html"), page(request)) };
        let mut response = match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        };
        if !response.status().is_success() {
            return response;
        }
        if has_hash(&served) {
            let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
            response.headers_mut().insert(CACHE_CONTROL, forever);
        } else {
            never_cached(&mut response);
        }
        response
    }

    /// Whether the path names a file; ServeDir itself keeps it inside the folder.
    fn holds(&self, path: &str) -> bool {
        let Ok(path) =
            percent_encoding::percent_decode_str(path.trim_start_matches('/')).decode_utf8()
        else {
            return false;
        };
        let relative = Path::new(path.as_ref());
        relative.components().all(|part| matches!(part, std::path::Component::Normal(_)))
            && self.path.join(relative).is_file()
    }
}

/// The headers in the block `/*` of a `_headers` file: indented lines below the path.
fn for_every_file(text: &'static str) -> Vec<(HeaderName, HeaderValue)> {
    let block = text.lines().skip_while(|line| *line != "/*").skip(1);
    block
        .map_while(|line| line.strip_prefix("  ")?.split_once(": "))
        .filter_map(|(name, value)| {
            // A test holds that none of them is lost here.
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_static(value)))
        })
        .collect()
}

fn came_encrypted(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

fn page(mut request: Request<Body>) -> Request<Body> {
    *request.uri_mut() = Uri::from_static("/index.html");
    request
}

/// Whether a file's name carries the hash of its content, as Trunk writes it:
/// `app-0123456789abcdef.css`, `app-0123456789abcdef_bg.wasm`.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '.', '_']).any(|part| {
        part.len() >= 12 && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn never_cached(response: &mut Response<Body>) {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    never_cached(&mut response);
    response
}

/// What the app reads when it starts; `auth_url` is relative to the origin.
fn config() -> serde_json::Value {
    json!({
        "product_name": "Slipway",
        "clouds": [{
            "id": "devcloud", "name": "devcloud", "auth_url": "/identity/v3", "region": "dev-1", "default_domain": "Default",
        }],
        "images": {"visibilities": ["private", "shared"], "architectures": ["x86_64", "aarch64"]},
        "smallest_boot_volume_gib": 1,
        "price": {"image_gb_hour": 0.0012, "currency": "SEK"},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_advised_header_is_sent() {
        let block = ADVISED.split("\n/*\n").nth(1).unwrap_or_default();
        let lines = block.lines().take_while(|line| line.starts_with("  ")).count();
        assert!(lines >= 6, "{block}");
        assert_eq!(for_every_file(ADVISED).len(), lines);
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (path, expected) in [
            ("/slipway-0123456789abcdef.js", true),
            ("/slipway-0123456789abcdef_bg.wasm", true),
            ("/style/tokens-a1b2c3d4e5f60718.css", true),
            ("/index.html", false),
            ("/hasher_loader.js", false),
            ("/favicon.svg", false),
            ("/decade-facade.css", false),
        ] {
            assert_eq!(has_hash(path), expected, "{path}");
        }
    }
}
