//! The container that segments go into: that it is there, that this page may use it, and signed URLs for its objects.
//!
//! One container per project, private, without ACLs. Its TempURL key is made once and never replaced: a colleague's
//! import may be waiting with a URL that was signed with it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use openstack::identity::Secret;
use openstack::object_store::{
    self as swift, Container, ContainerSettings, Info, TempUrl, TempUrlDigest,
};
use openstack::{ApiError, ErrorKind, Method, Service, Timestamp};

use leptos::prelude::window;
use wasm_bindgen::prelude::*;

use super::roads::WhyDirect;
use super::time::unix_s;
use crate::clock;
use crate::cloud::Cloud;
use crate::text::shell;

/// The container, one per project.
pub(crate) const CONTAINER: &str = "slipway-uploads";

/// How long a signed URL is good: an import may wait for hours in Glance's queue. Swift looks at it only when the
/// download begins.
const SIGNED_FOR: Duration = Duration::from_secs(12 * 3600);

/// How long a browser may remember that this page may use the container.
const MAX_AGE_S: u32 = 86_400;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(into: &mut [u8]) -> Result<(), JsValue>;
}

/// Why the container cannot be used.
#[derive(Clone, Debug)]
pub(super) enum NotOpen {
    /// The store said so, or did not answer.
    Api(ApiError),
    /// For good, until somebody changes the cloud.
    Cannot(WhyDirect),
}

impl From<ApiError> for NotOpen {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// The store as one upload uses it.
pub(super) struct Store {
    cloud: Cloud,
    info: RefCell<Option<Info>>,
    /// The cloud's clock less ours, in seconds, by the object that was written last.
    skew_s: Cell<i64>,
}

impl Store {
    /// Nothing is asked yet.
    pub(super) fn new(cloud: Cloud) -> Self {
        Self { cloud, info: RefCell::new(None), skew_s: Cell::new(0) }
    }

    /// Makes sure that the container is there and has a key.
    pub(super) async fn open(&self) -> Result<(), NotOpen> {
        self.key().await.map(drop)
    }

    /// What the store can do, asked for once; `None` where it does not tell.
    pub(super) async fn info(&self) -> Result<Option<Info>, ApiError> {
        if let Some(info) = self.info.borrow().clone() {
            return Ok(Some(info));
        }
        match swift::info(self.cloud.client()).await {
            Ok(info) => {
                *self.info.borrow_mut() = Some(info.clone());
                Ok(Some(info))
            }
            // Switched off (`expose_info`), or hidden by a gateway: the canary tells the rest.
            Err(error) if error.status.is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Learns how far the cloud's clock is from ours, from an object that was written just now.
    pub(super) fn learn_time(&self, last_modified: Option<Timestamp>) {
        if let Some(theirs) = last_modified {
            let skew = theirs.as_second().saturating_sub(clock::now().as_second());
            // A second or two are the request's own time and rounding.
            self.skew_s.set(if skew.abs() > 5 { skew } else { 0 });
        }
    }

    /// A URL by which Glance may read an object, made now and kept nowhere.
    pub(super) async fn sign(&self, object: &str) -> Result<TempUrl, NotOpen> {
        // Read anew: days may have passed, and somebody may have replaced it.
        let key = self.key().await?;
        let digest = match self.info().await? {
            Some(info) => info.temp_url.and_then(|limits| limits.best_digest()),
            None => Some(TempUrlDigest::Sha256),
        };
        let digest = digest.ok_or(NotOpen::Cannot(WhyDirect::NoTempUrl))?;
        let lasts = i64::try_from(SIGNED_FOR.as_secs()).unwrap_or(i64::MAX);
        let expires_s = clock::now().as_second() + self.skew_s.get() + lasts;
        let expires = Timestamp::from_millisecond(expires_s.saturating_mul(1000));
        let base = base(&self.cloud)?;
        Ok(swift::temp_url(&base, CONTAINER, object, &key, Method::Get, expires, digest))
    }

    /// The cloud's time, as far as we know it.
    pub(super) fn now_unix_s(&self) -> u64 {
        unix_s().saturating_add_signed(self.skew_s.get())
    }

    /// The container's key; container and key are made where they are missing.
    async fn key(&self) -> Result<Secret, NotOpen> {
        let client = self.cloud.client();
        let container = match swift::container_show(client, CONTAINER).await {
            Ok(Some(container)) => container,
            Ok(None) => match self.make().await {
                Ok(container) => container,
                Err(error) => return Err(self.closed(error).await),
            },
            Err(error) => return Err(self.closed(error).await),
        };
        if let Some(key) = key_of(&container) {
            return Ok(key);
        }
        let settings =
            ContainerSettings { temp_url_key: Some(new_key()?), ..ContainerSettings::default() };
        swift::container_update(client, CONTAINER, &settings).await?;
        // Another browser may have set one at the same moment: the one that stands there now is used by both.
        let container = swift::container_show(client, CONTAINER).await?;
        container.as_ref().and_then(key_of).ok_or(NotOpen::Cannot(WhyDirect::NoTempUrl))
    }

    async fn make(&self) -> Result<Container, ApiError> {
        let client = self.cloud.client();
        let settings = ContainerSettings {
            temp_url_key: Some(new_key()?),
            allow_origin: Some(origin()),
            max_age_seconds: Some(MAX_AGE_S),
            ..ContainerSettings::default()
        };
        swift::container_create(client, CONTAINER, &settings).await?;
        swift::container_show(client, CONTAINER).await.map(Option::unwrap_or_default)
    }

    /// On stock Swift a page of another origin may neither make a container nor see that there is none: the browser gets
    /// no answer that it may show us (`docs/uploads.md`). When the store answers the one question that it answers to everybody,
    /// it is not the network.
    async fn closed(&self, error: ApiError) -> NotOpen {
        if error.kind != ErrorKind::Unreachable || !self.is_elsewhere() {
            return NotOpen::Api(error);
        }
        match swift::info(self.cloud.client()).await {
            Err(why) if why.status.is_none() => NotOpen::Api(error),
            _ => NotOpen::Cannot(WhyDirect::StoreClosed { commands: opening_commands() }),
        }
    }

    /// Whether the store is of another origin than this page.
    fn is_elsewhere(&self) -> bool {
        base(&self.cloud).is_ok_and(|base| !is_below(&base, &origin()))
    }
}

/// The store's address as Glance has to reach it: whole, also when this page reaches it through its own origin.
pub(super) fn base(cloud: &Cloud) -> Result<String, ApiError> {
    let base = cloud.client().url("sign a URL", Service::ObjectStore, "")?;
    Ok(if base.starts_with('/') { format!("{}{base}", origin()) } else { base })
}

/// What opens the container to this page, for whoever has the command-line client.
pub(crate) fn opening_commands() -> Vec<String> {
    let origin = origin();
    vec![
        format!("openstack container create {CONTAINER}"),
        format!(
            "swift post {CONTAINER} -H {} -H {}",
            shell::quote(&format!("X-Container-Meta-Access-Control-Allow-Origin: {origin}")),
            shell::quote(&format!("X-Container-Meta-Access-Control-Max-Age: {MAX_AGE_S}")),
        ),
    ]
}

/// The cloud's words without the signature of a URL that they quote (Glance quotes the one that its filter refuses): words
/// are shown, and kept.
pub(super) fn without_signatures(words: &str) -> String {
    let mut rest = words;
    let mut clean = String::with_capacity(words.len());
    while let Some((before, after)) = rest.split_once("temp_url_sig=") {
        clean.push_str(before);
        clean.push_str("temp_url_sig=…");
        let end = |c: char| c == '&' || c.is_whitespace() || "\"'<>()".contains(c);
        rest = after.find(end).and_then(|at| after.get(at..)).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
}

/// Whether a URL on the way to Glance could be read by others: anything but HTTPS, save on this very computer.
pub(super) fn is_insecure(base: &str) -> bool {
    let Some(rest) = base.strip_prefix("http://") else { return !base.starts_with("https://") };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let loopback = name == "localhost"
        || name.ends_with(".localhost")
        || name == "::1"
        || (name.starts_with("127.") && name.split('.').count() == 4);
    !loopback
}

fn is_below(base: &str, origin: &str) -> bool {
    base.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn key_of(container: &Container) -> Option<Secret> {
    container.temp_url_key.clone().or_else(|| container.temp_url_key_2.clone())
}

fn new_key() -> Result<Secret, ApiError> {
    random_hex(32).map(Secret::new).ok_or_else(|| {
        let (service, kind) = (Service::ObjectStore, ErrorKind::Unsupported);
        ApiError::local("make a key", service, kind, "the browser gives no random numbers")
    })
}

/// So many random bytes, in hexadecimal. Every browser that runs this can; should one not, nothing must be made of zeros.
pub(super) fn random_hex(bytes: usize) -> Option<String> {
    let mut random = vec![0; bytes];
    match get_random_values(&mut random) {
        Ok(()) => Some(random.iter().map(|byte| format!("{byte:02x}")).collect()),
        Err(error) => {
            leptos::logging::error!("the browser gives no random numbers: {error:?}");
            None
        }
    }
}

fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_may_be_without_https() {
        let check = |base: &str, insecure: bool| assert_eq!(is_insecure(base), insecure, "{base}");
        check("https://swift.example.org/v1/AUTH_p", false);
        check("http://swift.example.org/v1/AUTH_p", true);
        check("http://127.0.0.1:8080/object-store/v1/AUTH_p", false);
        check("http://localhost:8080/v1", false);
        check("http://[::1]:8080/v1", false);
        check("http://127.0.0.1.example.org/v1", true);
        check("http://localhost.example.org/v1", true);
        check("ftp://localhost/v1", true);
    }

    #[test]
    fn a_signature_is_never_shown() {
        let check = |words: &str, expected: &str| assert_eq!(without_signatures(words), expected);
        check("no quota", "no quota");
        check(
            "URI does not pass: http://s/v1/o?temp_url_sig=ab12&temp_url_expires=9 (request r)",
            "URI does not pass: http://s/v1/o?temp_url_sig=…&temp_url_expires=9 (request r)",
        );
        check(
            "http://s/o?temp_url_expires=9&temp_url_sig=ab12",
            "http://s/o?temp_url_expires=9&temp_url_sig=…",
        );
        check("'a?temp_url_sig=1' 'b?temp_url_sig=2'", "'a?temp_url_sig=…' 'b?temp_url_sig=…'");
    }

    #[test]
    fn an_origin_is_not_the_beginning_of_another() {
        assert!(is_below("https://a.example/object-store/v1", "https://a.example"));
        assert!(!is_below("https://a.example.org/v1", "https://a.example"));
    }
}
