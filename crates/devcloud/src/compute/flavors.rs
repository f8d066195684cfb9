//! Flavors: the sizes that Binero offers (`docs/devcloud.md`), and two small ones with a disk of their own for trying.
//!
//! Most have no disk and boot of a volume; the `nvme` ones have a local disk and live in the first zone only. Flavors are
//! the operator's: they cannot be made or changed here.

use serde_json::{Map, Value, json};

use super::call::{Call, collection_links, page_limit};
use super::error::ComputeError;

/// A size of server.
#[derive(Debug, PartialEq, Eq)]
pub struct Flavor {
    /// Its name.
    pub name: &'static str,
    /// Virtual processors.
    pub vcpus: i64,
    /// Memory in MiB.
    pub ram_mib: i64,
    /// Local disk in GiB; 0 boots of a volume only.
    pub disk_gib: i64,
    /// Whether processors are not shared.
    pinned: bool,
    /// Last digits of its id.
    number: u16,
}

const fn flavor(
    number: u16,
    name: &'static str,
    vcpus: i64,
    ram_gib: i64,
    disk_gib: i64,
) -> Flavor {
    Flavor { name, vcpus, ram_mib: ram_gib * 1024, disk_gib, pinned: false, number }
}

const fn pinned(number: u16, name: &'static str, vcpus: i64, ram_gib: i64) -> Flavor {
    Flavor { name, vcpus, ram_mib: ram_gib * 1024, disk_gib: 0, pinned: true, number }
}

/// All of them.
pub const FLAVORS: [Flavor; 21] = [
    Flavor { name: "dev.tiny", vcpus: 1, ram_mib: 512, disk_gib: 1, pinned: false, number: 1 },
    flavor(2, "dev.small", 1, 1, 10),
    flavor(10, "gp.1x2", 1, 2, 0),
    flavor(11, "gp.2x4", 2, 4, 0),
    flavor(12, "gp.4x8", 4, 8, 0),
    flavor(13, "gp.8x16", 8, 16, 0),
    flavor(14, "gp.16x32", 16, 32, 0),
    flavor(15, "gp.24x48", 24, 48, 0),
    pinned(16, "gp.4x8-pinned", 4, 8),
    flavor(20, "gp-v2a.2x4", 2, 4, 0),
    flavor(21, "gp-v2a.4x8", 4, 8, 0),
    flavor(22, "gp-v2a.96x192", 96, 192, 0),
    flavor(30, "hm.1x4", 1, 4, 0),
    flavor(31, "hm.2x8", 2, 8, 0),
    flavor(32, "hm.4x16", 4, 16, 0),
    flavor(40, "hp.2x4", 2, 4, 0),
    flavor(41, "hp.4x8", 4, 8, 0),
    flavor(42, "hp.2x4-nvme50", 2, 4, 50),
    flavor(43, "hp.4x8-nvme50", 4, 8, 50),
    flavor(44, "hp.8x24-nvme50", 8, 24, 50),
    flavor(45, "hp.8x24-nvme250", 8, 24, 250),
];

impl Flavor {
    /// The same in every run and region.
    pub fn id(&self) -> String {
        format!("f1a40000-0000-4000-8000-{:012}", self.number)
    }

    /// Whether only hosts of the first zone have it.
    pub fn first_zone_only(&self) -> bool {
        self.name.contains("-nvme")
    }

    /// What the scheduler reads.
    pub fn extra_specs(&self) -> Value {
        if self.pinned { json!({"hw:cpu_policy": "dedicated"}) } else { json!({}) }
    }

    fn summary(&self, call: &Call) -> Map<String, Value> {
        let root = &call.incoming.endpoint.root;
        let id = self.id();
        let mut view = Map::new();
        view.insert("id".to_owned(), json!(id));
        view.insert("name".to_owned(), json!(self.name));
        view.insert(
            "links".to_owned(),
            json!([
                {"rel": "self", "href": format!("{root}/v2.1/flavors/{id}")},
                {"rel": "bookmark", "href": format!("{root}/flavors/{id}")},
            ]),
        );
        if call.since(55) {
            view.insert("description".to_owned(), Value::Null);
        }
        view
    }

    fn detail(&self, call: &Call) -> Map<String, Value> {
        let mut view = self.summary(call);
        let more = [
            ("ram", json!(self.ram_mib)),
            ("disk", json!(self.disk_gib)),
            ("swap", if call.since(75) { json!(0) } else { json!("") }),
            ("OS-FLV-EXT-DATA:ephemeral", json!(0)),
            ("OS-FLV-DISABLED:disabled", json!(false)),
            ("vcpus", json!(self.vcpus)),
            ("os-flavor-access:is_public", json!(true)),
            ("rxtx_factor", json!(1.0)),
        ];
        view.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
        if call.since(61) {
            view.insert("extra_specs".to_owned(), self.extra_specs());
        }
        view
    }
}

/// By id.
pub fn find(id: &str) -> Option<&'static Flavor> {
    FLAVORS.iter().find(|flavor| flavor.id() == id)
}

/// `GET /flavors` and `/flavors/detail`.
pub fn list(call: &Call, detailed: bool) -> Result<Value, ComputeError> {
    let number = |name: &str| match call.incoming.parameter(name) {
        None => Ok(0),
        Some(text) => text
            .parse::<i64>()
            .map_err(|_| ComputeError::bad_request(format!("Invalid {name} filter [{text}]"))),
    };
    let (min_ram, min_disk) = (number("minRam")?, number("minDisk")?);
    // Private flavors are shown to operators who ask for them; there are none.
    let public = call.incoming.parameter("is_public");
    let none =
        call.scope.is_admin() && public.is_some_and(|word| word.eq_ignore_ascii_case("false"));
    let mut flavors: Vec<&Flavor> = FLAVORS
        .iter()
        .filter(|flavor| !none && flavor.ram_mib >= min_ram && flavor.disk_gib >= min_disk)
        .collect();
    let key = call.incoming.parameter("sort_key").unwrap_or("flavorid");
    const SORTABLE: [&str; 12] = [
        "created_at",
        "description",
        "disabled",
        "ephemeral_gb",
        "flavorid",
        "id",
        "is_public",
        "memory_mb",
        "name",
        "root_gb",
        "rxtx_factor",
        "vcpus",
    ];
    if !SORTABLE.contains(&key) {
        let listed: Vec<String> = SORTABLE.iter().map(|key| format!("'{key}'")).collect();
        return Err(ComputeError::bad_request(format!(
            "Invalid input for query parameters sort_key. Value: {key}. '{key}' is not one of [{}]",
            listed.join(", ")
        )));
    }
    flavors.sort_by(|a, b| {
        let order = match key {
            "memory_mb" => a.ram_mib.cmp(&b.ram_mib),
            "root_gb" => a.disk_gib.cmp(&b.disk_gib),
            "vcpus" => a.vcpus.cmp(&b.vcpus),
            "name" => a.name.cmp(b.name),
            _ => a.number.cmp(&b.number),
        };
        order.then(a.number.cmp(&b.number))
    });
    if call.incoming.parameter("sort_dir") == Some("desc") {
        flavors.reverse();
    }
    if let Some(marker) = call.incoming.parameter("marker") {
        let at = flavors.iter().position(|flavor| flavor.id() == marker);
        let at =
            at.ok_or_else(|| ComputeError::bad_request(format!("marker [{marker}] not found")))?;
        flavors.drain(..=at);
    }
    let limit = page_limit(call)?;
    flavors.truncate(limit.unwrap_or(1000));
    let path = if detailed { "flavors/detail" } else { "flavors" };
    let links =
        collection_links(call, path, flavors.len(), flavors.last().map(|flavor| flavor.id()))?;
    let views: Vec<Value> = flavors
        .iter()
        .map(|flavor| {
            Value::Object(if detailed { flavor.detail(call) } else { flavor.summary(call) })
        })
        .collect();
    let mut body = Map::new();
    body.insert("flavors".to_owned(), json!(views));
    if let Some(links) = links {
        body.insert("flavors_links".to_owned(), links);
    }
    Ok(Value::Object(body))
}

/// `GET /flavors/{id}`.
pub fn show(call: &Call, id: &str) -> Result<Value, ComputeError> {
    Ok(json!({"flavor": expect(id)?.detail(call)}))
}

/// `GET /flavors/{id}/os-extra_specs`.
pub fn extra_specs(id: &str) -> Result<Value, ComputeError> {
    Ok(json!({"extra_specs": expect(id)?.extra_specs()}))
}

fn expect(id: &str) -> Result<&'static Flavor, ComputeError> {
    find(id).ok_or_else(|| ComputeError::not_found(format!("Flavor {id} could not be found.")))
}
