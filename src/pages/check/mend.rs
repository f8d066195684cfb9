//! The exact lines that mend a cloud, with the page's own origin filled in. Pure. They are for files and shells, so nothing of
//! them is translated.

use openstack::Service;

use super::found::Here;
use crate::address::Address;
use crate::uploads::{CanaryStep, WhyDirect};

/// Lines, and where they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mend {
    /// The file, or the program that runs them.
    pub place: String,
    /// The lines.
    pub lines: String,
}

impl Mend {
    fn new(place: impl Into<String>, lines: impl Into<String>) -> Self {
        Self { place: place.into(), lines: lines.into() }
    }
}

/// A shell.
const SHELL: &str = "shell";

/// The configuration file of a service.
fn file(service: Service) -> &'static str {
    match service {
        Service::Identity => "keystone.conf",
        Service::Image => "glance-api.conf",
        Service::Compute => "nova.conf",
        Service::Network => "neutron.conf",
        Service::Volume => "cinder.conf",
        Service::ObjectStore => "proxy-server.conf",
    }
}

/// Lets the page's origin in.
pub(super) fn let_in(service: Service, here: &Here) -> Mend {
    let origin = &here.origin;
    let lines = match service {
        Service::ObjectStore => format!(
            "[DEFAULT]\ncors_allow_origin = {origin}\n\n[filter:authtoken]\ndelay_auth_decision = True"
        ),
        _ => format!(
            "[cors]\n# several origins: with commas between them\nallowed_origin = {origin}"
        ),
    };
    Mend::new(file(service), lines)
}

/// Lets the page's origin ask everything that the console asks.
pub(super) fn let_ask(service: Service, here: &Here) -> Mend {
    if service == Service::ObjectStore {
        return let_in(service, here);
    }
    let headers = match service {
        Service::Identity => "X-Auth-Token,X-Subject-Token,OpenStack-Auth-Receipt,Content-Type",
        Service::Compute | Service::Volume => "X-Auth-Token,OpenStack-API-Version,Content-Type",
        Service::Image | Service::Network | Service::ObjectStore => "X-Auth-Token,Content-Type",
    };
    let lines = format!(
        "[cors]\nallowed_origin = {}\n# Without the next two lines the service's own lists hold, which are enough.\n\
         allow_methods = GET,POST,PUT,PATCH,DELETE\nallow_headers = {headers}",
        here.origin
    );
    Mend::new(file(service), lines)
}

/// Lets the page read the headers that the console reads.
pub(super) fn let_read(service: Service) -> Mend {
    let headers = match service {
        Service::Identity => "X-Subject-Token,OpenStack-Auth-Receipt,X-OpenStack-Request-ID",
        _ => "X-OpenStack-Request-ID",
    };
    let lines = format!(
        "[cors]\n# Without this line the service's own list holds, which is enough.\nexpose_headers = {headers}"
    );
    Mend::new(file(service), lines)
}

/// Opens the store to the page for one project alone.
pub(super) fn open_container(commands: &[String]) -> Mend {
    Mend::new(SHELL, commands.join("\n"))
}

/// Shows what an address says to something that is no browser.
pub(super) fn ask_by_hand(url: &str) -> Mend {
    Mend::new(SHELL, format!("curl -v {}", crate::text::shell::quote(url)))
}

/// Shows whether an address lets the page in, to something that is no browser.
pub(super) fn ask_as_the_page(url: &str, here: &Here) -> Mend {
    let origin = crate::text::shell::quote(&format!("Origin: {}", here.origin));
    let url = crate::text::shell::quote(url);
    Mend::new(SHELL, format!("curl -si -H {origin} {url} | grep -iE '^(HTTP|access-control)'"))
}

/// Puts an address on HTTPS: Keystone's stands in our own file, the others in the catalogue.
pub(super) fn use_https(service: Service, url: &str) -> Mend {
    let better = url.replacen("http://", "https://", 1);
    let origin = origin_of(&better).unwrap_or_default();
    match service {
        Service::Identity => Mend::new("config.json", format!("\"auth_url\": \"{better}\"")),
        _ => set_endpoint(service, &format!("{origin}/…")),
    }
}

fn set_endpoint(service: Service, url: &str) -> Mend {
    let kind = kind(service);
    // Paths with a project in them are templates in the catalogue; only scheme and host change.
    Mend::new(
        SHELL,
        format!(
            "openstack endpoint list --service {kind} --interface public\n# the id is in the first column; keep the path as it is there\n\
             openstack endpoint set --url {} ENDPOINT_ID",
            crate::text::shell::quote(url)
        ),
    )
}

/// Makes a service known to the catalogue.
pub(super) fn register(service: Service, region: Option<&str>) -> Mend {
    let (kind, name, url) = match service {
        Service::Identity => ("identity", "keystone", "https://keystone.example/v3"),
        Service::Image => ("image", "glance", "https://glance.example"),
        Service::Compute => ("compute", "nova", "https://nova.example/v2.1"),
        Service::Network => ("network", "neutron", "https://neutron.example"),
        Service::Volume => ("block-storage", "cinder", "https://cinder.example/v3/%(tenant_id)s"),
        Service::ObjectStore => {
            ("object-store", "swift", "https://swift.example/v1/AUTH_%(tenant_id)s")
        }
    };
    let region = crate::text::shell::quote(region.unwrap_or("RegionOne"));
    Mend::new(
        SHELL,
        format!(
            "openstack service create --name {name} {kind}\nopenstack endpoint create --region {region} {kind} public '{url}'"
        ),
    )
}

/// Lets the page's own policy pass an address.
pub(super) fn widen_policy(url: &str) -> Mend {
    Mend::new(
        "Content-Security-Policy",
        format!("connect-src 'self' {}", origin_of(url).unwrap_or_default()),
    )
}

/// Has the gateway forward a service.
pub(super) fn forward(service: Service, path: &str) -> Mend {
    let port = match service {
        Service::Identity => 5000,
        Service::Image => 9292,
        Service::Compute => 8774,
        Service::Network => 9696,
        Service::Volume => 8776,
        Service::ObjectStore => 8080,
    };
    Mend::new(
        "nginx",
        format!(
            "location {path} {{ include docs/hosting/api.conf; proxy_pass https://api.cloud.example:{port}/; }}"
        ),
    )
}

/// Switches on `web-download` beside what is on already.
pub(super) fn fetch_urls(methods: &[String]) -> Mend {
    let mut all: Vec<&str> = methods.iter().map(String::as_str).collect();
    if all.is_empty() {
        all.push("glance-direct");
    }
    all.push("web-download");
    Mend::new(
        file(Service::Image),
        format!("[DEFAULT]\nenabled_import_methods = [{}]", all.join(",")),
    )
}

/// Lets the object store tell of itself.
pub(super) fn tell_info() -> Mend {
    Mend::new(file(Service::ObjectStore), "[DEFAULT]\nexpose_info = true")
}

/// The order in which Swift's own sample has them.
const PIPELINE: &str = "pipeline = catch_errors gatekeeper healthcheck proxy-logging cache listing_formats container_sync bulk tempurl ratelimit authtoken keystoneauth copy container-quotas account-quotas slo dlo versioned_writes symlink proxy-logging proxy-server";

/// Has the object store join objects.
pub(super) fn join_objects() -> Mend {
    Mend::new(
        file(Service::ObjectStore),
        format!(
            "[pipeline:main]\n# slo after the quotas, before dlo\n{PIPELINE}\n\n[filter:slo]\nuse = egg:swift#slo\nmax_manifest_segments = 1000"
        ),
    )
}

/// Has the object store sign addresses.
pub(super) fn sign_addresses() -> Mend {
    Mend::new(
        file(Service::ObjectStore),
        format!(
            "[pipeline:main]\n# tempurl before authtoken\n{PIPELINE}\n\n[filter:tempurl]\nuse = egg:swift#tempurl\nallowed_digests = sha256 sha512"
        ),
    )
}

/// What would let the trial arrive, where lines of configuration can.
pub(super) fn trial(why: &WhyDirect, store: Option<&str>) -> Option<Mend> {
    match why {
        WhyDirect::NoTempUrl => Some(sign_addresses()),
        WhyDirect::NoLargeObjects => Some(join_objects()),
        WhyDirect::CanaryFailed { step, .. } => match step {
            CanaryStep::Import | CanaryStep::Fetch => Some(Mend::new(
                "glance-image-import.conf",
                format!("[import_filtering_opts]\nallowed_ports = {}", ports(store)),
            )),
            CanaryStep::Compare => Some(Mend::new(
                "glance-image-import.conf",
                "[image_import_opts]\nimage_import_plugins = []",
            )),
            CanaryStep::Manifest => Some(join_objects()),
            _ => None,
        },
        _ => None,
    }
}

/// Glance's own ports and the one of the object store.
fn ports(store: Option<&str>) -> String {
    let own = store.and_then(|url| Address::parse(url).ok()).and_then(|address| address.port);
    match own {
        Some(port) if port != 80 && port != 443 => format!("[80, 443, {port}]"),
        _ => "[80, 443]".to_owned(),
    }
}

fn kind(service: Service) -> &'static str {
    match service {
        Service::Volume => "block-storage",
        other => other.name(),
    }
}

/// `https://glance.example:9292` of an address there.
pub(super) fn origin_of(url: &str) -> Option<String> {
    let address = Address::parse(url).ok()?;
    let port = address.port.map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{}{port}", address.scheme, address.host))
}
