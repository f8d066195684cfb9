//! Which host a new server gets: the zone that was asked for, the group's rule, then the emptiest.

use std::collections::HashMap;

use rusqlite::Connection;

use super::flavors;
use super::groups::{self, Policy};
use super::model::Server;
use super::states::VmState;
use crate::records;
use crate::state::Region;

/// Hosts of each zone.
const HOSTS: u32 = 3;

/// A host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// Its zone.
    pub zone: String,
    /// From 1.
    pub number: u32,
}

/// The host for a server; `None` when none will do.
pub fn choose(
    conn: &Connection,
    region: &Region,
    server: &Server,
) -> rusqlite::Result<Option<Host>> {
    let first = region.zones.first().copied().unwrap_or("nova");
    let first_only =
        flavors::find(&server.flavor_id).is_some_and(|flavor| flavor.first_zone_only());
    let group = groups::of_server(conn, &server.project_id, &server.id)?;
    let mut load: HashMap<Host, usize> = HashMap::new();
    let mut fellows: HashMap<Host, usize> = HashMap::new();
    for other in records::all::<Server>(conn)? {
        let gone = other.deleted || other.vm_state == VmState::Deleted;
        if gone || !other.placed || other.id == server.id {
            continue;
        }
        let host = Host { zone: other.zone.clone(), number: other.host };
        if group.as_ref().is_some_and(|group| group.members.contains(&other.id)) {
            *fellows.entry(host.clone()).or_default() += 1;
        }
        *load.entry(host).or_default() += 1;
    }
    let fellows_on = |host: &Host| fellows.get(host).copied().unwrap_or(0);
    let most = group
        .as_ref()
        .and_then(|group| group.max_server_per_host)
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(1);
    let policy = group.as_ref().map(|group| group.policy);
    let allowed = |host: &Host| {
        let zone = server.pinned_zone.as_ref().is_none_or(|zone| *zone == host.zone);
        let disk = !first_only || host.zone == first;
        let rule = match policy {
            Some(Policy::Affinity) => fellows.is_empty() || fellows_on(host) > 0,
            Some(Policy::AntiAffinity) => fellows_on(host) < most,
            _ => true,
        };
        zone && disk && rule
    };
    let liked = |host: &Host| match policy {
        Some(Policy::SoftAffinity) => usize::from(fellows_on(host) == 0),
        Some(Policy::SoftAntiAffinity) => fellows_on(host),
        _ => 0,
    };
    let all = region.zones.iter().enumerate().flat_map(|(place, zone)| {
        (1..=HOSTS).map(move |number| (place, Host { zone: (*zone).to_owned(), number }))
    });
    let best = all
        .filter(|(_, host)| allowed(host))
        .min_by_key(|(place, host)| {
            (*place, liked(host), load.get(host).copied().unwrap_or(0), host.number)
        })
        .map(|(_, host)| host);
    Ok(best)
}
