//! `web-download`: which URLs Glance fetches, and the fetching.
//!
//! The filter is Glance's default (glance/common/utils.py, `get_validated_address`): `http` and `https`; a port that is written must be
//! 80 or 443; no address of the host may be loopback or link-local; every redirect is filtered again; the address that was checked is
//! the one that is connected to. One thing is added for a cloud that lives on a laptop: unless `web_download_loopback` is off, loopback
//! addresses pass, on any port, so that a file can be served from beside the cloud, and by the cloud's own object store: an operator
//! who wants that adds Swift's port to `allowed_ports`. `web_download_ports` is that list; with 80 and 443 in it this cloud is as
//! narrow as a default one.
//!
//! Before 2025 Glance looked at no address (`validate_import_uri` of Glance 28): there loopback addresses always pass, on the ports of
//! the list.
//!
//! There is no timeout, as in Glance: a source that falls silent leaves the image `importing` for ever.
//!
//! Plain `hyper` over a socket of our own is enough client for one streaming GET; nothing is pooled and no proxy variable is read.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use url::{Host, Url};

use super::sink::{Sink, Summary};
use crate::state::Region;

const MAX_REDIRECTS: usize = 10;
/// Glance's default `allowed_ports`.
const USUAL_PORTS: [u16; 2] = [80, 443];

/// Why nothing came. It only goes into the log: the user is told "Task failed due to Internal Error".
#[derive(Debug)]
pub(super) enum WebError {
    /// The URL, or one that it redirects to, is not allowed.
    Refused(String),
    /// Connecting, TLS, HTTP, or the connection broke on the way.
    Transport(String),
    /// Not a success.
    Status(StatusCode),
    /// Our disk.
    Disk(std::io::Error),
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(url) => write!(f, "the URL does not pass the filter: {url}"),
            Self::Transport(why) => write!(f, "the source failed: {why}"),
            Self::Status(status) => write!(f, "the source answered {status}"),
            Self::Disk(error) => write!(f, "the disk failed: {error}"),
        }
    }
}

fn transport(error: impl fmt::Display) -> WebError {
    WebError::Transport(error.to_string())
}

/// Whether an import of this URL would be begun.
pub(super) async fn passes(region: &Region, uri: &str) -> bool {
    match Url::parse(uri) {
        Ok(url) => addresses(&url, &Filter::of(region)).await.is_some(),
        Err(_) => false,
    }
}

/// Fetches into `path`. On an error no file is left.
pub(super) async fn download(region: &Region, uri: &str, path: &Path) -> Result<Summary, WebError> {
    let mut url = Url::parse(uri).map_err(|_| WebError::Refused(uri.to_owned()))?;
    for _ in 0..=MAX_REDIRECTS {
        let allowed = addresses(&url, &Filter::of(region)).await;
        let allowed = allowed.ok_or_else(|| WebError::Refused(url.to_string()))?;
        let response = get(&url, &allowed).await?;
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
            let next = to.and_then(|to| url.join(to).ok());
            url = next.ok_or_else(|| transport("a redirect to nowhere"))?;
            continue;
        }
        if !status.is_success() {
            return Err(WebError::Status(status));
        }
        return receive(response.into_body(), path).await;
    }
    Err(transport("too many redirects"))
}

/// What this cloud's operator allows.
struct Filter {
    loopback: bool,
    /// Whether the addresses count at all, or only what is written.
    resolves: bool,
    ports: Option<Vec<u16>>,
}

impl Filter {
    fn of(region: &Region) -> Self {
        let options = &region.options;
        Self {
            loopback: options.web_download_loopback,
            resolves: options.release.web_download_resolves(),
            ports: options.web_download_ports.clone(),
        }
    }

    fn lets_pass(&self, address: SocketAddr) -> bool {
        let listed = |ports: &[u16]| ports.contains(&address.port());
        match (kind(address.ip()), self.ports.as_deref()) {
            (Kind::LinkLocal, _) => false,
            (Kind::Loopback, ports) if self.loopback => ports.is_none_or(listed),
            (Kind::Loopback, _) if self.resolves => false,
            (Kind::Loopback | Kind::Other, ports) => listed(ports.unwrap_or(&USUAL_PORTS)),
        }
    }
}

/// The addresses that may be connected to; `None` when the URL is not allowed at all.
async fn addresses(url: &Url, filter: &Filter) -> Option<Vec<SocketAddr>> {
    if !["http", "https"].contains(&url.scheme()) {
        return None;
    }
    let port = url.port_or_known_default()?;
    let found: Vec<SocketAddr> = match url.host()? {
        Host::Ipv4(ip) => vec![SocketAddr::from((ip, port))],
        Host::Ipv6(ip) => vec![SocketAddr::from((ip, port))],
        Host::Domain(name) => tokio::net::lookup_host((name, port)).await.ok()?.collect(),
    };
    let allowed: Vec<SocketAddr> =
        found.into_iter().filter(|address| filter.lets_pass(*address)).collect();
    (!allowed.is_empty()).then_some(allowed)
}

enum Kind {
    Loopback,
    LinkLocal,
    Other,
}

/// An IPv4 address inside an IPv6 one counts as what it is. `0.0.0.0` reaches this host too.
fn kind(ip: IpAddr) -> Kind {
    let ip = ip.to_canonical();
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    match () {
        () if ip.is_loopback() || ip.is_unspecified() => Kind::Loopback,
        () if link_local => Kind::LinkLocal,
        () => Kind::Other,
    }
}

async fn get(url: &Url, addresses: &[SocketAddr]) -> Result<Response<Incoming>, WebError> {
    let tcp = TcpStream::connect(addresses).await.map_err(transport)?;
    if url.scheme() == "http" {
        return exchange(url, tcp).await;
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host).map_err(transport)?;
    let tls = TlsConnector::from(tls_config()?).connect(name, tcp).await.map_err(transport)?;
    exchange(url, tls).await
}

/// The machine's own certificate authorities, as Python's default context has them.
fn tls_config() -> Result<Arc<ClientConfig>, WebError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(transport(
            "this machine has no certificate authorities (package ca-certificates)",
        ));
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}

async fn exchange<S>(url: &Url, stream: S) -> Result<Response<Incoming>, WebError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(transport)?;
    // Ends by itself when the body has been read or dropped; its error comes out of the body as well.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "web-download connection");
        }
    });
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let request = Request::get(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, "devcloud-glance")
        .body(Empty::<Bytes>::new())
        .map_err(transport)?;
    sender.send_request(request).await.map_err(transport)
}

async fn receive(mut body: Incoming, path: &Path) -> Result<Summary, WebError> {
    let sink = Sink::open(path.to_owned());
    let failed = loop {
        match body.frame().await {
            // Hyper fails a body that is shorter than its Content-Length, as Glance fails the task.
            Some(Ok(frame)) => {
                let Ok(piece) = frame.into_data() else { continue };
                if sink.push(piece).await.is_err() {
                    break None;
                }
            }
            Some(Err(error)) => break Some(transport(error)),
            None => break None,
        }
    };
    if let Some(error) = failed {
        sink.abandon().await;
        return Err(error);
    }
    match sink.finish().await {
        Ok(summary) => Ok(summary),
        Err(error) => {
            super::files::remove(path).await;
            Err(WebError::Disk(error))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(uri: &str, loopback: bool, expected: bool) {
        check_ports(uri, loopback, None, expected).await;
    }

    async fn check_ports(uri: &str, loopback: bool, ports: Option<&[u16]>, expected: bool) {
        let url = Url::parse(uri).unwrap();
        let filter = Filter { loopback, resolves: true, ports: ports.map(<[u16]>::to_vec) };
        let found = addresses(&url, &filter).await.is_some();
        assert_eq!(found, expected, "{uri} {loopback} {ports:?}");
    }

    #[tokio::test]
    async fn the_filter() {
        check("http://192.0.2.1/x", false, true).await;
        check("https://192.0.2.1:443/x", false, true).await;
        check("http://192.0.2.1:8080/x", true, false).await;
        check("ftp://192.0.2.1/x", true, false).await;
        check("file:///etc/passwd", true, false).await;
        check("http://169.254.169.254/latest/meta-data", true, false).await;
        check("http://[fe80::1]/", true, false).await;
        check("http://127.0.0.1:8080/x", true, true).await;
        check("http://127.0.0.1/x", false, false).await;
        check("http://0.0.0.0/x", false, false).await;
        check("http://[::1]/x", false, false).await;
        check("http://[::ffff:127.0.0.1]/x", false, false).await;
        check("http://[::ffff:169.254.169.254]/x", true, false).await;
        check("http://localhost:9/x", true, true).await;
        check_ports("http://127.0.0.1:8080/x", true, Some(&[80, 443]), false).await;
        check_ports("http://127.0.0.1/x", true, Some(&[80, 443]), true).await;
        check_ports("http://192.0.2.1:8080/x", true, Some(&[80, 8080]), true).await;
        check_ports("https://192.0.2.1/x", true, Some(&[80]), false).await;
    }

    #[tokio::test]
    async fn an_older_filter_knows_no_loopback() {
        for (uri, expected) in [
            ("http://127.0.0.1/x", true),
            ("http://127.0.0.1:8080/x", false),
            ("http://192.0.2.1/x", true),
        ] {
            let url = Url::parse(uri).unwrap();
            let filter = Filter { loopback: false, resolves: false, ports: None };
            assert_eq!(addresses(&url, &filter).await.is_some(), expected, "{uri}");
        }
    }
}
