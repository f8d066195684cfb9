//! Security groups and their rules. Nothing is filtered here: there are no packets.

use axum::http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::NetworkError;
use super::ports::cidr_range;
use super::stamp;
use super::store::{self, Kind, Object, text};

/// The id of the project's `default` group, which is made at the first look, as Neutron does.
pub fn ensure_default_group(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
) -> rusqlite::Result<String> {
    let groups = store::of_project(conn, Kind::SecurityGroup, project_id)?;
    if let Some(group) = groups.iter().find(|group| text(group, "name") == "default") {
        return Ok(text(group, "id").to_owned());
    }
    let id = put_group(conn, now, project_id, "default", "Default security group")?;
    for ethertype in ["IPv4", "IPv6"] {
        let rule =
            Rule { direction: "ingress", ethertype, remote_group_id: Some(&id), ..Rule::default() };
        put_rule(conn, now, project_id, &id, &rule)?;
    }
    Ok(id)
}

/// The id of the project's group with this id or name. A name that two groups bear gives none.
pub fn find_group(
    conn: &Connection,
    project_id: &str,
    wanted: &str,
) -> rusqlite::Result<FoundGroup> {
    let groups = store::of_project(conn, Kind::SecurityGroup, project_id)?;
    if groups.iter().any(|group| text(group, "id") == wanted) {
        return Ok(FoundGroup::One(wanted.to_owned()));
    }
    let mut named = groups.iter().filter(|group| text(group, "name") == wanted);
    Ok(match (named.next(), named.next()) {
        (Some(group), None) => FoundGroup::One(text(group, "id").to_owned()),
        (Some(_), Some(_)) => FoundGroup::Several,
        (None, _) => FoundGroup::None,
    })
}

/// What a look-up by name gave.
pub enum FoundGroup {
    /// No such group.
    None,
    /// The id of the one group.
    One(String),
    /// More than one group has the name.
    Several,
}

/// Adds a group with the two egress rules that every group begins with; gives its id.
pub fn put_group(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    name: &str,
    description: &str,
) -> rusqlite::Result<String> {
    let id = Uuid::new_v4().to_string();
    let time = stamp(now);
    let group = json!({
        "id": id, "name": name, "stateful": true, "tenant_id": project_id, "project_id": project_id,
        "description": description, "shared": false, "tags": [],
        "created_at": time, "updated_at": time, "revision_number": 1,
    });
    if let Value::Object(group) = group {
        store::put(conn, Kind::SecurityGroup, &group)?;
    }
    for ethertype in ["IPv4", "IPv6"] {
        put_rule(conn, now, project_id, &id, &Rule { ethertype, ..Rule::default() })?;
    }
    Ok(id)
}

/// One rule.
pub struct Rule<'a> {
    /// `ingress` or `egress`.
    pub direction: &'a str,
    /// `IPv4` or `IPv6`.
    pub ethertype: &'a str,
    /// `tcp`, `udp`, `icmp` …; none is any.
    pub protocol: Option<&'a str>,
    /// First and last port (or ICMP type and code).
    pub ports: (Option<i64>, Option<i64>),
    /// The far end's block of addresses.
    pub remote_ip_prefix: Option<&'a str>,
    /// The far end's group.
    pub remote_group_id: Option<&'a str>,
    /// Words for people.
    pub description: Option<&'a str>,
}

impl Default for Rule<'_> {
    fn default() -> Self {
        Self {
            direction: "egress",
            ethertype: "IPv4",
            protocol: None,
            ports: (None, None),
            remote_ip_prefix: None,
            remote_group_id: None,
            description: None,
        }
    }
}

/// Adds a rule to a group.
pub fn put_rule(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    group_id: &str,
    rule: &Rule<'_>,
) -> rusqlite::Result<Object> {
    let group = store::get(conn, Kind::SecurityGroup, group_id)?;
    let of_default = group.is_some_and(|group| text(&group, "name") == "default");
    let time = stamp(now);
    let object = json!({
        "id": Uuid::new_v4().to_string(), "project_id": project_id, "tenant_id": project_id,
        "security_group_id": group_id, "ethertype": rule.ethertype, "direction": rule.direction,
        "protocol": rule.protocol, "port_range_min": rule.ports.0, "port_range_max": rule.ports.1,
        "remote_ip_prefix": rule.remote_ip_prefix, "remote_address_group_id": null,
        "normalized_cidr": rule.remote_ip_prefix, "remote_group_id": rule.remote_group_id,
        "belongs_to_default_sg": of_default, "description": rule.description,
        "created_at": time, "updated_at": time, "revision_number": 0,
    });
    let Value::Object(object) = object else { return Ok(Object::new()) };
    store::put(conn, Kind::SecurityGroupRule, &object)?;
    Ok(object)
}

/// Reads the body of `POST /security-group-rules` and adds the rule.
pub fn create_rule(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    body: &Object,
) -> Result<Object, NetworkError> {
    let string = |name: &str| body.get(name).and_then(Value::as_str);
    let number = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(number.as_i64()),
        Some(Value::String(digits)) => digits.parse::<i64>().map(Some).map_err(|_| {
            NetworkError::bad_request(format!("'{digits}' is not an integer or a string"))
        }),
        Some(_) => Err(NetworkError::bad_request(format!("Invalid input for {name}."))),
    };
    let group_id = string("security_group_id").unwrap_or("");
    let group = store::get(conn, Kind::SecurityGroup, group_id)?;
    if group.is_none_or(|group| text(&group, "project_id") != project_id) {
        let (kind, message) = Kind::SecurityGroup.missing(group_id);
        return Err(NetworkError::new(StatusCode::NOT_FOUND, kind, message));
    }
    let direction = string("direction").unwrap_or("");
    if !["ingress", "egress"].contains(&direction) {
        return Err(NetworkError::bad_request(format!(
            "Invalid input for direction. Reason: '{direction}' is not in ['ingress', 'egress']."
        )));
    }
    let ethertype = string("ethertype").unwrap_or("IPv4");
    let ethertype = match ethertype.to_ascii_lowercase().as_str() {
        "ipv4" => "IPv4",
        "ipv6" => "IPv6",
        _ => {
            let message = format!(
                "Security group rule for ethertype '{ethertype}' not supported. Allowed values are ['IPv4', 'IPv6']."
            );
            return Err(NetworkError::new(
                StatusCode::BAD_REQUEST,
                "SecurityGroupRuleInvalidEtherType",
                message,
            ));
        }
    };
    let protocol = string("protocol").map(str::to_ascii_lowercase);
    let ports = (number("port_range_min")?, number("port_range_max")?);
    check_ports(protocol.as_deref(), ports)?;
    let prefix = match string("remote_ip_prefix") {
        Some(prefix) if ethertype == "IPv4" => Some(normal_cidr(prefix)?),
        other => other.map(str::to_owned),
    };
    let remote_group = string("remote_group_id");
    if prefix.is_some() && remote_group.is_some() {
        let message = "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.";
        return Err(NetworkError::new(
            StatusCode::BAD_REQUEST,
            "SecurityGroupMultipleRemoteEntites",
            message,
        ));
    }
    if let Some(remote) = remote_group
        && store::get(conn, Kind::SecurityGroup, remote)?
            .is_none_or(|g| text(&g, "project_id") != project_id)
    {
        let (kind, message) = Kind::SecurityGroup.missing(remote);
        return Err(NetworkError::new(StatusCode::NOT_FOUND, kind, message));
    }
    super::quota::check(conn, project_id, Kind::SecurityGroupRule)?;
    let rule = Rule {
        direction,
        ethertype,
        protocol: protocol.as_deref().filter(|protocol| *protocol != "any"),
        ports,
        remote_ip_prefix: prefix.as_deref(),
        remote_group_id: remote_group,
        description: Some(string("description").unwrap_or("")),
    };
    for other in store::all(conn, Kind::SecurityGroupRule)? {
        if text(&other, "security_group_id") == group_id && same(&other, &rule) {
            let message =
                format!("Security group rule already exists. Rule id is {}.", text(&other, "id"));
            return Err(NetworkError::new(
                StatusCode::CONFLICT,
                "SecurityGroupRuleExists",
                message,
            ));
        }
    }
    Ok(put_rule(conn, now, project_id, group_id, &rule)?)
}

fn same(other: &Object, rule: &Rule<'_>) -> bool {
    let is = |name: &str, value: Value| other.get(name).is_some_and(|found| *found == value);
    is("direction", json!(rule.direction))
        && is("ethertype", json!(rule.ethertype))
        && is("protocol", json!(rule.protocol))
        && is("port_range_min", json!(rule.ports.0))
        && is("port_range_max", json!(rule.ports.1))
        && is("remote_ip_prefix", json!(rule.remote_ip_prefix))
        && is("remote_group_id", json!(rule.remote_group_id))
}

fn check_ports(
    protocol: Option<&str>,
    ports: (Option<i64>, Option<i64>),
) -> Result<(), NetworkError> {
    let refuse =
        |kind, message: String| Err(NetworkError::new(StatusCode::BAD_REQUEST, kind, message));
    match (protocol, ports) {
        (_, (None, None)) => Ok(()),
        (None, _) => refuse(
            "SecurityGroupProtocolRequiredWithPorts",
            "Must also specify protocol if port range is given.".to_owned(),
        ),
        (Some("icmp" | "ipv6-icmp" | "icmpv6" | "1" | "58"), (kind, code)) => {
            for (field, name, value) in
                [("port_range_min", "type", kind), ("port_range_max", "code", code)]
            {
                if let Some(value) = value.filter(|value| !(0..=255).contains(value)) {
                    let message = format!(
                        "Invalid value for ICMP {name} ({field}) {value}. It must be 0 to 255."
                    );
                    return refuse("SecurityGroupInvalidIcmpValue", message);
                }
            }
            Ok(())
        }
        (Some(_), (Some(first), Some(last))) if first <= last => {
            match [first, last].into_iter().find(|port| !(1..=65535).contains(port)) {
                Some(port) => refuse(
                    "SecurityGroupInvalidPortValue",
                    format!("Invalid value for port {port}"),
                ),
                None => Ok(()),
            }
        }
        _ => refuse(
            "SecurityGroupInvalidPortRange",
            "For TCP/UDP protocols, port_range_min must be <= port_range_max".to_owned(),
        ),
    }
}

/// `10.0.0.7` becomes `10.0.0.7/32`; anything that is no block is refused.
fn normal_cidr(prefix: &str) -> Result<String, NetworkError> {
    let whole = if prefix.contains('/') { prefix.to_owned() } else { format!("{prefix}/32") };
    let fits = whole.split_once('/').is_some_and(|(address, length)| {
        address.parse::<std::net::Ipv4Addr>().is_ok()
            && length.parse::<u8>().is_ok_and(|length| length <= 32)
    });
    if fits || cidr_range(&whole).is_some() {
        return Ok(whole);
    }
    let message = format!("Invalid CIDR {prefix} given as IP prefix.");
    Err(NetworkError::new(StatusCode::BAD_REQUEST, "InvalidCIDR", message))
}
