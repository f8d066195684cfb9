//! `POST /servers`: from a request that fits its schema to one or more rows in `scheduling`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::Call;
use super::disks::{self, Planned};
use super::error::ComputeError;
use super::flavors::{self, Flavor};
use super::mapping;
use super::model::{Server, Source};
use super::naming::{self, random_word};
use super::states::{Task, VmState};
use super::{groups, history, keypairs, life, nics, quota};
use crate::records;
use crate::volume;

/// What the answer tells.
pub struct Created {
    /// The servers' ids, the first one is answered.
    pub ids: Vec<String>,
    /// `r-…`.
    pub reservation_id: String,
    /// Given once, stored nowhere.
    pub admin_pass: String,
    /// `AUTO` rather than `MANUAL`.
    pub auto_disk_config: bool,
}

/// Makes the servers and lets them build.
pub async fn create(call: &Call, body: &Value) -> Result<Created, ComputeError> {
    let Some(wanted) = body.get("server").and_then(Value::as_object) else {
        return Err(ComputeError::bad_request("Malformed request body"));
    };
    let count = Count::read(wanted)?;
    if !call.scope.can_write() {
        return Err(ComputeError::policy("servers:create"));
    }
    let zone = zone(call, wanted)?;
    if wanted.contains_key("host") || wanted.contains_key("hypervisor_hostname") {
        return Err(ComputeError::policy("compute:servers:create:requested_destination"));
    }
    let networks = nics::read(wanted, count.most)?;
    let flavor = flavor(wanted)?;
    let planned = disks::plan(call, wanted, flavor).await?;
    if count.most > 1 && planned.disks.iter().any(|disk| disk.source == Source::Volume) {
        return Err(ComputeError::bad_request(
            "Cannot attach one or more volumes to multiple instances",
        ));
    }
    let metadata = pairs(wanted.get("metadata"));
    if metadata.len() > quota::METADATA {
        return Err(ComputeError::forbidden(format!(
            "Maximum number of metadata items exceeds {}",
            quota::METADATA
        )));
    }
    if count.most > 1 && wanted.contains_key("hostname") {
        return Err(ComputeError::bad_request(
            "Unable to allocate a single hostname to multiple instances",
        ));
    }
    let now = call.region.clock.now();
    let plan = Plan {
        call: call.clone_for_work(),
        wanted: wanted.clone(),
        body: body.clone(),
        flavor,
        planned,
        zone,
        metadata,
    };
    let reservation_id = format!("r-{}", &random_word(8, b"abcdefghijklmnopqrstuvwxyz0123456789"));
    let reservation = reservation_id.clone();
    let ids = call
        .region
        .db
        .write(move |tx| -> Result<Vec<String>, ComputeError> {
            let scope = &plan.call.scope;
            let public_key = plan.public_key(tx)?;
            let group_ids = nics::groups(tx, &scope.project_id, &plan.wanted)?;
            let plugs = nics::resolve(tx, &scope.project_id, &networks, count.least)?;
            let granted =
                quota::grant(tx, &scope.project_id, plan.flavor, count.least, count.most)?;
            let mut group = groups::hinted(tx, &scope.project_id, &plan.hints(), granted)?;
            let mut ids = Vec::new();
            for index in 0..granted {
                let mut server = plan.server(now, index, count.most, &reservation);
                server.nics.clone_from(&plugs);
                server.group_ids.clone_from(&group_ids);
                server.public_key.clone_from(&public_key);
                plan.reserve_volumes(tx, now, &mut server)?;
                life::begin(&mut server, &plan.call.region, now, Some(Task::Scheduling));
                records::put(tx, &server)?;
                history::begin(tx, now, &server, scope, &plan.call.request_id, "create")?;
                if let Some(group) = &mut group {
                    group.members.push(server.id.clone());
                }
                ids.push(server.id);
            }
            if let Some(group) = &group {
                records::put(tx, group)?;
            }
            Ok(ids)
        })
        .await?;
    ids.iter().for_each(|id| life::follow(&call.region, id.clone()));
    let given = wanted.get("adminPass").and_then(Value::as_str).map(str::to_owned);
    Ok(Created {
        ids,
        reservation_id,
        admin_pass: given.unwrap_or_else(naming::password),
        auto_disk_config: wanted.get("OS-DCF:diskConfig").and_then(Value::as_str) == Some("AUTO"),
    })
}

/// How many servers are wanted.
struct Count {
    least: i64,
    most: i64,
}

impl Count {
    fn read(wanted: &Map<String, Value>) -> Result<Self, ComputeError> {
        let number = |name: &str| match wanted.get(name) {
            // More than fits a number is more than any quota.
            Some(Value::Number(number)) => Some(number.as_i64().unwrap_or(i64::MAX)),
            Some(Value::String(digits)) => Some(digits.parse().unwrap_or(i64::MAX)),
            _ => None,
        };
        let least = number("min_count").unwrap_or(1);
        let most = number("max_count").unwrap_or(least);
        if least > most {
            return Err(ComputeError::bad_request("min_count must be <= max_count"));
        }
        Ok(Self { least, most })
    }
}

fn zone(call: &Call, wanted: &Map<String, Value>) -> Result<Option<String>, ComputeError> {
    let Some(zone) = wanted.get("availability_zone").and_then(Value::as_str) else {
        return Ok(None);
    };
    if zone.contains(':') {
        return Err(ComputeError::policy("servers:create:forced_host"));
    }
    if !call.region.zones.contains(&zone) {
        return Err(ComputeError::bad_request("The requested availability zone is not available"));
    }
    Ok(Some(zone.to_owned()))
}

fn flavor(wanted: &Map<String, Value>) -> Result<&'static Flavor, ComputeError> {
    let reference = match wanted.get("flavorRef") {
        Some(Value::String(reference)) => reference.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    // A whole address of a flavor is taken for its last part.
    let id = reference.rsplit('/').next().unwrap_or("");
    flavors::find(id)
        .ok_or_else(|| ComputeError::bad_request(format!("Flavor {id} could not be found.")))
}

/// Everything that was found out before the transaction.
struct Plan {
    call: super::call::Caller,
    wanted: Map<String, Value>,
    body: Value,
    flavor: &'static Flavor,
    planned: Planned,
    zone: Option<String>,
    metadata: BTreeMap<String, String>,
}

impl Plan {
    fn string(&self, name: &str) -> Option<String> {
        self.wanted.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    fn hints(&self) -> Value {
        let hints = self.body.get("os:scheduler_hints");
        let hints = hints.or_else(|| self.body.get("OS-SCH-HNT:scheduler_hints"));
        hints.cloned().unwrap_or_else(|| json!({}))
    }

    fn public_key(&self, conn: &rusqlite::Connection) -> Result<Option<String>, ComputeError> {
        let Some(name) = self.string("key_name") else { return Ok(None) };
        match keypairs::find(conn, &self.call.scope.user_id, &name)? {
            Some(keypair) => Ok(Some(keypair.public_key)),
            None => Err(ComputeError::bad_request("Invalid key_name provided.")),
        }
    }

    /// Volumes that are there already are promised at once, so that nobody else takes them.
    fn reserve_volumes(
        &self,
        conn: &rusqlite::Connection,
        now: Timestamp,
        server: &mut Server,
    ) -> Result<(), ComputeError> {
        let first = self.call.region.zones.first().copied().unwrap_or("nova");
        for disk in &mut server.disks {
            let (Source::Volume, Some(id)) = (&disk.source, &disk.volume_id) else { continue };
            let found = volume::get(conn, id)?;
            let Some(found) = found.filter(|volume| volume.project_id == server.project_id) else {
                return Err(ComputeError::bad_request(format!(
                    "Block Device Mapping is Invalid: failed to get volume {id}."
                )));
            };
            if found.status != volume::Status::Available {
                return Err(mapping::not_available(id, found.status));
            }
            match &server.pinned_zone {
                Some(zone) if *zone != found.zone => {
                    return Err(ComputeError::bad_request(format!(
                        "The availability zone between the server and its attached volumes do not match: server AZ \
                         {zone} and volume AZ {}.",
                        found.zone
                    )));
                }
                // Nova follows the volume when the caller does not say.
                None if found.zone != first => server.pinned_zone = Some(found.zone.clone()),
                _ => {}
            }
            disk.attachment_id = volume::reserve(conn, now, id, &server.id)?;
        }
        Ok(())
    }

    fn server(&self, now: Timestamp, index: i64, most: i64, reservation_id: &str) -> Server {
        let base = self.string("name").unwrap_or_default();
        let name = if most > 1 { format!("{base}-{}", index + 1) } else { base };
        let hostname = self.string("hostname").unwrap_or_else(|| naming::hostname(&name));
        let time = now.as_microsecond();
        let versioned = self.call.version.minor >= 19;
        let disks = self.planned.disks.iter().cloned().map(|mut disk| {
            disk.bdm_id = Uuid::new_v4().to_string();
            disk
        });
        Server {
            id: Uuid::new_v4().to_string(),
            project_id: self.call.scope.project_id.clone(),
            user_id: self.call.scope.user_id.clone(),
            hostname,
            // Before there was a description it was the name.
            description: if versioned { self.string("description") } else { Some(name.clone()) },
            name,
            metadata: self.metadata.clone(),
            tags: strings(self.wanted.get("tags")),
            flavor_id: self.flavor.id(),
            image_id: self.planned.image_id.clone(),
            key_name: self.string("key_name"),
            public_key: None,
            pinned_zone: self.zone.clone(),
            zone: String::new(),
            placed: false,
            config_drive: self.wanted.get("config_drive").is_some_and(truthy),
            auto_disk_config: self.string("OS-DCF:diskConfig").as_deref() == Some("AUTO"),
            user_data: self.string("user_data"),
            group_ids: None,
            nics: Vec::new(),
            disks: disks.collect(),
            hints: self.hints(),
            vm_state: VmState::Building,
            task: None,
            fault: None,
            created: time,
            updated: time,
            launched: None,
            terminated: None,
            due: None,
            reservation_id: reservation_id.to_owned(),
            action_id: Some(self.call.request_id.clone()),
            boots: 0,
            deleted: false,
            host: 1,
            snapshot: None,
            rescue: None,
        }
    }
}

fn pairs(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_object);
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    map.into_iter().flatten().filter_map(pair).collect()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(word) => {
            matches!(word.to_ascii_lowercase().as_str(), "true" | "1" | "on" | "yes")
        }
        _ => false,
    }
}
