//! Neutron's resources as rows: each is the JSON object that the API shows, because filters, sorting and `fields`
//! address any attribute by its name. What is derived (a network's subnets, a group's rules) is added on reading.

use rusqlite::{Connection, OptionalExtension, params, types::Type};
use serde_json::{Map, Value};

/// The tables of this service.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS network_resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS network_resource_by_kind ON network_resource (kind, project_id);
";

/// A resource as the API shows it.
pub type Object = Map<String, Value>;

/// The kinds of resources that exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A layer-2 network.
    Network,
    /// A block of addresses on a network.
    Subnet,
    /// A plug on a network.
    Port,
    /// A set of rules for ports.
    SecurityGroup,
    /// One rule of a group.
    SecurityGroupRule,
    /// A router between subnets and an external network.
    Router,
    /// A public address that can be tied to a port.
    FloatingIp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 7] = [
        Kind::Network,
        Kind::Subnet,
        Kind::Port,
        Kind::SecurityGroup,
        Kind::SecurityGroupRule,
        Kind::Router,
        Kind::FloatingIp,
    ];

    /// The key of one in a body, also the word of quotas and policies.
    pub fn singular(self) -> &'static str {
        match self {
            Kind::Network => "network",
            Kind::Subnet => "subnet",
            Kind::Port => "port",
            Kind::SecurityGroup => "security_group",
            Kind::SecurityGroupRule => "security_group_rule",
            Kind::Router => "router",
            Kind::FloatingIp => "floatingip",
        }
    }

    /// The key of several in a body.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Network => "networks",
            Kind::Subnet => "subnets",
            Kind::Port => "ports",
            Kind::SecurityGroup => "security_groups",
            Kind::SecurityGroupRule => "security_group_rules",
            Kind::Router => "routers",
            Kind::FloatingIp => "floatingips",
        }
    }

    /// The kind with this name in a URL.
    pub fn from_path(segment: &str) -> Option<Kind> {
        let name = segment.replace('-', "_");
        Kind::ALL.into_iter().find(|kind| kind.plural() == name)
    }

    /// Neutron's exception for an id that is not there: class and message.
    pub fn missing(self, id: &str) -> (&'static str, String) {
        match self {
            Kind::Network => ("NetworkNotFound", format!("Network {id} could not be found.")),
            Kind::Subnet => ("SubnetNotFound", format!("Subnet {id} could not be found.")),
            Kind::Port => ("PortNotFound", format!("Port {id} could not be found.")),
            Kind::SecurityGroup => {
                ("SecurityGroupNotFound", format!("Security group {id} does not exist"))
            }
            Kind::SecurityGroupRule => {
                ("SecurityGroupRuleNotFound", format!("Security group rule {id} does not exist"))
            }
            Kind::Router => ("RouterNotFound", format!("Router {id} could not be found")),
            Kind::FloatingIp => {
                ("FloatingIPNotFound", format!("Floating IP {id} could not be found"))
            }
        }
    }
}

/// The resource of this kind and id, whoever owns it.
pub fn get(conn: &Connection, kind: Kind, id: &str) -> rusqlite::Result<Option<Object>> {
    conn.prepare_cached("SELECT doc FROM network_resource WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind.singular(), id], |row| decode(row.get_ref(0)?.as_str()?))
        .optional()
}

/// All resources of a kind, oldest first.
pub fn all(conn: &Connection, kind: Kind) -> rusqlite::Result<Vec<Object>> {
    conn.prepare_cached("SELECT doc FROM network_resource WHERE kind = ?1 ORDER BY seq")?
        .query_map([kind.singular()], |row| decode(row.get_ref(0)?.as_str()?))?
        .collect()
}

/// Those of one project, oldest first.
pub fn of_project(
    conn: &Connection,
    kind: Kind,
    project_id: &str,
) -> rusqlite::Result<Vec<Object>> {
    conn.prepare_cached(
        "SELECT doc FROM network_resource WHERE kind = ?1 AND project_id = ?2 ORDER BY seq",
    )?
    .query_map(params![kind.singular(), project_id], |row| decode(row.get_ref(0)?.as_str()?))?
    .collect()
}

/// Adds the resource, or replaces the one with its id in place.
pub fn put(conn: &Connection, kind: Kind, object: &Object) -> rusqlite::Result<()> {
    let doc = serde_json::to_string(object)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    conn.prepare_cached(
        "INSERT INTO network_resource (kind, id, project_id, doc) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO UPDATE SET project_id = excluded.project_id, doc = excluded.doc",
    )?
    .execute(params![kind.singular(), text(object, "id"), text(object, "project_id"), doc])?;
    Ok(())
}

/// Removes the resource with this id.
pub fn remove(conn: &Connection, id: &str) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM network_resource WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// A string attribute; empty when it is null or missing.
pub fn text<'a>(object: &'a Object, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A boolean attribute; false when it is missing.
pub fn flag(object: &Object, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn decode(doc: &str) -> rusqlite::Result<Object> {
    serde_json::from_str(doc)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
