//! The versions and microversions that a service speaks, and what the console cannot do with older ones.

use openstack::compute::Feature;
use openstack::{Microversion, Service};

use super::Line;
use crate::pages::check::found::{Looked, Own, Version};
use crate::text::{tr, tr_with};

/// Glance keeps a SHA-512 and hides images since (Rocky).
const HASHES: u32 = 7;

/// What it speaks.
pub(super) fn line(looked: &Looked) -> Line {
    let title = tr("Versions");
    if let Own::Store { info, .. } = &looked.own {
        return match info.as_ref().and_then(|info| info.as_ref().ok()?.version.as_ref()) {
            Some(version) => Line::fine(title, format!("Swift {version}")),
            None => Line::unlooked(title, tr("It does not say.")),
        };
    }
    let versions: Vec<&Version> = looked
        .answer()
        .into_iter()
        .chain(looked.asks.iter().filter_map(|(_, reply)| reply.answer()))
        .map(|answer| &answer.versions)
        .find(|versions| !versions.is_empty())
        .map(|versions| versions.iter().collect())
        .unwrap_or_default();
    if versions.is_empty() {
        return Line::unlooked(title, tr("It does not say."));
    }
    match looked.service {
        Service::Identity => major(title, &versions, "v3"),
        Service::Network => major(title, &versions, "v2"),
        Service::Volume => major(title, &versions, "v3"),
        Service::Image => image(title, &versions),
        Service::Compute => compute(title, &versions),
        Service::ObjectStore => Line::unlooked(title, tr("It does not say.")),
    }
}

/// A service whose main version is enough.
fn major(title: &'static str, versions: &[&Version], wanted: &str) -> Line {
    match versions.iter().find(|version| version.id.split('.').next() == Some(wanted)) {
        Some(version) => Line::fine(title, told(version)),
        None => Line::wrong(title, too_old(versions, wanted)),
    }
}

fn told(version: &Version) -> String {
    match version.newest {
        Some(newest) => tr_with(
            "API {version}, up to {newest}.",
            &[("version", &version.id), ("newest", &newest)],
        ),
        None => tr_with("API {version}.", &[("version", &version.id)]),
    }
}

fn too_old(versions: &[&Version], wanted: &str) -> String {
    let all: Vec<&str> = versions.iter().map(|version| version.id.as_str()).collect();
    tr_with(
        "It speaks {versions}; Slipway speaks {wanted}.",
        &[("versions", &all.join(", ")), ("wanted", &wanted)],
    )
}

fn image(title: &'static str, versions: &[&Version]) -> Line {
    let minor = |version: &&Version| version.id.strip_prefix("v2.")?.parse::<u32>().ok();
    let Some(newest) = versions.iter().filter_map(minor).max() else {
        return Line::wrong(title, too_old(versions, "v2"));
    };
    let told = tr_with("API {version}.", &[("version", &format!("v2.{newest}"))]);
    if newest >= HASHES {
        return Line::fine(title, told);
    }
    Line::missing(
        title,
        format!(
            "{told} {}",
            tr("It is older than v2.7: it keeps no SHA-512, so no upload can be called verified.")
        ),
    )
}

fn compute(title: &'static str, versions: &[&Version]) -> Line {
    let Some(version) = versions.iter().find(|version| version.id.starts_with("v2.1")) else {
        return Line::wrong(title, too_old(versions, "v2.1"));
    };
    let speaks = version.newest.unwrap_or(Microversion::new(2, 1));
    let lost: Vec<&str> = features()
        .into_iter()
        .filter(|(feature, _)| !feature.is_in(speaks))
        .map(|(_, words)| words)
        .collect();
    if lost.is_empty() {
        return Line::fine(title, told(version));
    }
    let lost = tr_with(
        "Not there yet: {list}. What needs that is not offered; a newer Nova brings it.",
        &[("list", &lost.join(", "))],
    );
    Line::missing(title, format!("{} {lost}", told(version)))
}

/// What came with a microversion, as the user knows it.
fn features() -> [(Feature, &'static str); 11] {
    [
        (Feature::SoftServerGroups, tr("server groups that keep together or apart if possible")),
        (Feature::Description, tr("descriptions of instances")),
        (
            Feature::NetworkWords,
            tr("instances without a network, or with one that the cloud chooses"),
        ),
        (Feature::Tags, tr("tags at the launch")),
        (Feature::ServerGroupRules, tr("how many of a server group one host may hold")),
        (Feature::VolumeType, tr("the type of the boot disk")),
        (Feature::ActionDetails, tr("why a step of an instance’s history failed")),
        (Feature::VolumeFate, tr("keeping or deleting a boot disk decided later")),
        (Feature::RescueOnVolume, tr("rescue of instances that start from a volume")),
        (Feature::Hostname, tr("a host name other than the name")),
        (Feature::FullHostname, tr("host names with dots")),
    ]
}
