//! Nova's quotas: what Binero gives a project, and how much of it is used.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::error::ComputeError;
use super::flavors::{self, Flavor};
use super::groups;
use super::keypairs;
use super::model::Server;
use crate::records;
use crate::seed::well_known;

/// What a project may have.
struct Limits {
    cores: i64,
    instances: i64,
    ram_mib: i64,
    groups: i64,
}

/// In `other` less than elsewhere, so that a full quota is a minute's work to see.
fn limits_of(project_id: &str) -> Limits {
    match project_id {
        well_known::PROJECT_OTHER => Limits { cores: 8, instances: 4, ram_mib: 16_384, groups: 2 },
        _ => Limits { cores: 40, instances: 20, ram_mib: 102_400, groups: 10 },
    }
}

/// Refuses one more server group when there are as many as there may be.
pub fn check_group(conn: &Connection, project_id: &str) -> Result<(), ComputeError> {
    if groups::count(conn, project_id)? < limits_of(project_id).groups {
        return Ok(());
    }
    Err(ComputeError::forbidden("Quota exceeded, too many server groups."))
}

const MEMBERS: i64 = groups::MEMBERS as i64;

/// Pairs of metadata that a server may have.
pub const METADATA: usize = 128;

/// What a project uses.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    cores: i64,
    instances: i64,
    ram_mib: i64,
}

fn used(conn: &Connection, project_id: &str) -> rusqlite::Result<Used> {
    let mut used = Used::default();
    for server in
        records::of_project::<Server>(conn, project_id)?.iter().filter(|server| !server.deleted)
    {
        used.instances += 1;
        if let Some(flavor) = flavors::find(&server.flavor_id) {
            used.cores += flavor.vcpus;
            used.ram_mib += flavor.ram_mib;
        }
    }
    Ok(used)
}

/// How many of `least` to `most` servers of this flavor the project may still have; refuses when not even `least`.
pub fn grant(
    conn: &Connection,
    project_id: &str,
    flavor: &Flavor,
    least: i64,
    most: i64,
) -> Result<i64, ComputeError> {
    let (used, limits) = (used(conn, project_id)?, limits_of(project_id));
    // Nova names what is exceeded in alphabetical order.
    let kinds = [
        ("cores", flavor.vcpus, used.cores, limits.cores),
        ("instances", 1, used.instances, limits.instances),
        ("ram", flavor.ram_mib, used.ram_mib, limits.ram_mib),
    ];
    let fits = kinds
        .iter()
        .map(|(_, each, used, limit)| (limit - used) / (*each).max(1))
        .min()
        .unwrap_or(0);
    if fits >= least {
        return Ok(fits.min(most));
    }
    let (mut names, mut wanted, mut taken, mut most) = (vec![], vec![], vec![], vec![]);
    for (name, each, used, limit) in kinds {
        let asked = each.saturating_mul(least);
        if asked > limit - used {
            names.push(name.to_owned());
            wanted.push(asked.to_string());
            taken.push(used.to_string());
            most.push(limit.to_string());
        }
    }
    let [names, wanted, taken, most] = [names, wanted, taken, most].map(|list| list.join(", "));
    Err(ComputeError::forbidden(format!(
        "Quota exceeded for {names}: Requested {wanted}, but already used {taken} of {most} {names}"
    )))
}

/// The body of `GET /limits`.
pub fn limits(conn: &Connection, project_id: &str, minor: u32) -> rusqlite::Result<Value> {
    let (used, limits) = (used(conn, project_id)?, limits_of(project_id));
    let mut absolute = Map::new();
    let mut put = |name: &str, value: i64| absolute.insert(name.to_owned(), json!(value));
    put("maxTotalCores", limits.cores);
    put("maxTotalInstances", limits.instances);
    put("maxTotalKeypairs", keypairs::LIMIT);
    put("maxServerMeta", 128);
    put("maxTotalRAMSize", limits.ram_mib);
    put("maxServerGroups", limits.groups);
    put("maxServerGroupMembers", MEMBERS);
    put("totalRAMUsed", used.ram_mib);
    put("totalCoresUsed", used.cores);
    put("totalInstancesUsed", used.instances);
    put("totalServerGroupsUsed", groups::count(conn, project_id)?);
    if minor < 36 {
        put("maxTotalFloatingIps", -1);
        put("maxSecurityGroups", -1);
        put("maxSecurityGroupRules", -1);
        put("totalFloatingIpsUsed", 0);
        put("totalSecurityGroupsUsed", 0);
    }
    if minor < 39 {
        put("maxImageMeta", 128);
    }
    if minor < 57 {
        put("maxPersonality", 5);
        put("maxPersonalitySize", 10_240);
    }
    Ok(json!({"limits": {"rate": [], "absolute": absolute}}))
}

/// The body of `GET /os-quota-sets/{project}` and of its `/detail`.
pub fn quota_set(
    conn: &Connection,
    project_id: &str,
    minor: u32,
    detailed: bool,
) -> rusqlite::Result<Value> {
    let (used, limits) = (used(conn, project_id)?, limits_of(project_id));
    let mut set = Map::new();
    let mut put = |name: &str, limit: i64, in_use: i64| {
        let value = if detailed {
            json!({"limit": limit, "in_use": in_use, "reserved": 0})
        } else {
            json!(limit)
        };
        set.insert(name.to_owned(), value);
    };
    put("cores", limits.cores, used.cores);
    put("instances", limits.instances, used.instances);
    put("key_pairs", keypairs::LIMIT, 0);
    put("metadata_items", 128, 0);
    put("ram", limits.ram_mib, used.ram_mib);
    put("server_group_members", MEMBERS, 0);
    put("server_groups", limits.groups, groups::count(conn, project_id)?);
    if minor < 36 {
        for name in ["fixed_ips", "floating_ips", "security_group_rules", "security_groups"] {
            put(name, -1, 0);
        }
    }
    if minor < 57 {
        put("injected_file_content_bytes", 10_240, 0);
        put("injected_file_path_bytes", 255, 0);
        put("injected_files", 5, 0);
    }
    set.insert("id".to_owned(), json!(project_id));
    Ok(json!({"quota_set": set}))
}
