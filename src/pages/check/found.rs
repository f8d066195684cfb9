//! What was found out about a cloud, without any judgement: `looking` fills it in, `rules` judges. Pure.

use openstack::image::Store;
use openstack::object_store::Info;
use openstack::{ApiError, Method, Microversion, Service};
use serde_json::Value;

use crate::address::Address;
use crate::uploads::WhyDirect;

/// The page that looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Here {
    /// `https://console.example`.
    pub origin: String,
    /// The browser gives it all that it gives to HTTPS (also on this very computer without).
    pub secure: bool,
    /// A token of this cloud is there.
    pub signed_in: bool,
    /// The region whose services are looked at, where one is known.
    pub region: Option<String>,
}

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// There, whole (`https://glance.example:9292/v2`).
    At(String),
    /// The catalogue names none in this region.
    Absent,
    /// The catalogue would say; it comes with a sign-in.
    Untold,
}

/// How an address answered this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// With something that this page may read.
    Read(Answer),
    /// With something that this page may not read (CORS).
    Hidden,
    /// Not at all.
    Silent,
    /// Not in time.
    Slow,
    /// It was not asked: from a page on HTTPS the browser asks no address without it.
    Mixed,
    /// It was not asked: the page's own Content-Security-Policy does not name it.
    Forbidden,
}

/// What could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The number of the request could be read.
    pub has_request_id: bool,
    /// It is a web page, not an answer of a service.
    pub is_page: bool,
    /// The versions that it names.
    pub versions: Vec<Version>,
}

/// A version that a service names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// `v2.15`.
    pub id: String,
    /// The newest microversion, where there are such.
    pub newest: Option<Microversion>,
}

/// Something that the console asks a service for, as far as the browser asks first whether it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// The method.
    pub method: Method,
    /// The headers that need a permission.
    pub headers: &'static [&'static str],
    /// A real answer to it has the number of the request.
    pub numbered: bool,
    /// It asks for something that is there: a refusal means something.
    pub counts: bool,
}

/// Everything about one service.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Looked {
    /// Which.
    pub service: Service,
    /// Where.
    pub site: Site,
    /// How the simplest question was answered: no token, no header. `None` where there is no address.
    pub simple: Option<Reply>,
    /// What the console asks, and how that was answered.
    pub asks: Vec<(Ask, Reply)>,
    /// What only this service has.
    pub own: Own,
}

/// What only one service has. `None`: it was not asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Own {
    /// Nothing.
    Nothing,
    /// The image service's.
    Image {
        /// Its import methods.
        methods: Option<Result<Vec<String>, ApiError>>,
        /// Its stores; empty where it tells none.
        stores: Option<Result<Vec<Store>, ApiError>>,
    },
    /// The object store's.
    Store {
        /// What it says of itself.
        info: Option<Result<Info, ApiError>>,
        /// Whether the container of the uploads could be looked at.
        container: Option<Result<(), ApiError>>,
        /// What opens the container to this page, one command a line.
        opening: Vec<String>,
    },
}

/// The trial of 8 KiB.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trial {
    /// Nobody is signed in.
    Unasked,
    /// It is on its way.
    Flying,
    /// It arrived, or why not.
    Landed(Result<(), WhyDirect>),
}

impl Reply {
    /// What could be read.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Read(answer) => Some(answer),
            _ => None,
        }
    }
}

impl Here {
    /// Whether an address belongs to the page's own origin.
    pub(super) fn is_own(&self, url: &str) -> bool {
        url.strip_prefix(&self.origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether the browser refuses to ask an address because the page came by HTTPS and the address would not.
    pub(super) fn is_mixed(&self, url: &str) -> bool {
        self.origin.starts_with("https://") && url.starts_with("http://") && !is_loopback(url)
    }
}

impl Looked {
    /// Its address.
    pub(super) fn address(&self) -> Option<&str> {
        match &self.site {
            Site::At(url) => Some(url),
            Site::Absent | Site::Untold => None,
        }
    }

    /// The answer to the simplest question, where the page may read it.
    pub(super) fn answer(&self) -> Option<&Answer> {
        self.simple.as_ref().and_then(Reply::answer)
    }
}

/// Whether an address is on this very computer: browsers trust it without HTTPS.
pub(super) fn is_loopback(url: &str) -> bool {
    let Ok(address) = Address::parse(url) else { return false };
    let host = address.host.trim_matches(['[', ']']);
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || (host.starts_with("127.") && host.split('.').count() == 4)
}

/// The versions that a version document names, in whichever of its four forms: a list, Keystone's list below `values`, one
/// alone, or none.
pub(super) fn versions(body: &[u8]) -> Vec<Version> {
    let Ok(document) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let list = ["/versions/values", "/versions"]
        .iter()
        .find_map(|place| document.pointer(place).and_then(Value::as_array).cloned());
    let all = list.or_else(|| document.get("version").map(|one| vec![one.clone()]));
    let version = |one: &Value| {
        Some(Version {
            id: one.get("id")?.as_str()?.to_owned(),
            newest: one.get("version").and_then(Value::as_str).and_then(Microversion::parse),
        })
    };
    all.unwrap_or_default().iter().filter_map(version).collect()
}

/// Whether a body is a web page.
pub(super) fn is_page(body: &[u8]) -> bool {
    let start = body.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    body.get(start..).is_some_and(|rest| rest.starts_with(b"<"))
}
