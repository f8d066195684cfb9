//! What a zone means for what the instance is attached to. Pure.
//!
//! Nova and Cinder have zones of their own. Where a cloud refuses to attach across them (`cross_az_attach`), a boot volume
//! must be in the zone of its instance; and snapshots of volumes stay where their volumes were.

use openstack::network::Network;

use super::attach::{NetworkChoice, network_name};
use super::draft::{BootDisk, Draft};
use super::form::Offer;
use crate::text::tr_with;

/// What is wrong with the chosen zone.
pub fn zone_problem(zone: &str, zones: &[String]) -> Option<String> {
    (!zone.is_empty() && !zones.is_empty() && !zones.iter().any(|known| known == zone)).then(|| {
        tr_with("There is no zone {zone} that takes instances. Choose another.", &[("zone", &zone)])
    })
}

/// What may go wrong with it.
pub fn zone_warning(draft: &Draft, offer: &Offer) -> Option<String> {
    let zone = draft.zone.as_str();
    if zone.is_empty() {
        return None;
    }
    let elsewhere = |network: &&Network| {
        let hints = &network.availability_zone_hints;
        !hints.is_empty() && !hints.iter().any(|hint| hint == zone)
    };
    if let Some(NetworkChoice::These(ids)) = draft.network()
        && let Some(network) =
            offer.networks.iter().filter(|network| ids.contains(&network.id)).find(elsewhere)
    {
        let zones = network.availability_zone_hints.join(", ");
        return Some(tr_with(
            "The network {name} is meant for {zones}.",
            &[("name", &network_name(network)), ("zones", &zones)],
        ));
    }
    let several = offer.volume_zones.len() > 1;
    match draft.disk {
        BootDisk::AsImageSays if several || offer.zones.len() > 1 => Some(tr_with(
            "Volume snapshots stay in the zone of their volumes: if they are not in {zone}, the instance ends in an error.",
            &[("zone", &zone)],
        )),
        BootDisk::NewVolume if several => Some(tr_with(
            "This cloud has zones for volumes as well. Where it makes the new volume in another one than {zone} and may not attach it across, the instance ends in an error; leave the choice to the cloud then.",
            &[("zone", &zone)],
        )),
        _ => None,
    }
}
