//! How many of these can be started: what each asks for, against what is left of the quotas. Pure.
//!
//! A quota that is not known or has no limit stops nobody; the cloud checks them all again.

use openstack::compute::Flavor;

use super::attach::NetworkChoice;
use super::draft::{BootDisk, Draft};
use super::form::{Offer, whole_gib};
use crate::text::format;
use crate::text::{tr, tr_with};

/// What a quota limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Servers.
    Instances,
    /// Virtual processors.
    Cores,
    /// Memory, in MiB.
    Memory,
    /// Volumes, by number.
    Volumes,
    /// Volumes, by size in GiB.
    Storage,
    /// Ports: network cards.
    Ports,
}

impl Resource {
    /// As the name of a reading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Instances => tr("Instances"),
            Self::Cores => tr("Cores"),
            Self::Memory => tr("Memory"),
            Self::Volumes => tr("Volumes"),
            Self::Storage => tr("Volume storage"),
            Self::Ports => tr("Network ports"),
        }
    }

    /// That it is what stops the next one.
    fn runs_out(self) -> &'static str {
        match self {
            Self::Instances => tr("The number of instances is the limit."),
            Self::Cores => tr("Cores run out first."),
            Self::Memory => tr("Memory runs out first."),
            Self::Volumes => tr("The number of volumes is the limit."),
            Self::Storage => tr("Volume storage runs out first."),
            Self::Ports => tr("Network ports run out first."),
        }
    }
}

/// A limited resource, and what one instance takes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Which.
    pub resource: Resource,
    /// The quota.
    pub max: u64,
    /// What is used now.
    pub used: u64,
    /// What one instance takes; never 0.
    pub each: u64,
}

impl Demand {
    /// How many more there is room for.
    pub fn room(&self) -> u64 {
        self.max.saturating_sub(self.used).checked_div(self.each).unwrap_or(u64::MAX)
    }

    /// "18 + 4 of 32", for so many instances.
    pub fn reading(&self, count: u32) -> String {
        let asked = self.each.saturating_mul(u64::from(count));
        let (used, asked, max) = match self.resource {
            Resource::Memory => (gib(self.used), gib(asked), format!("{} GiB", gib(self.max))),
            Resource::Storage => (
                format::thousands(self.used),
                format::thousands(asked),
                format!("{} GiB", format::thousands(self.max)),
            ),
            _ => (
                format::thousands(self.used),
                format::thousands(asked),
                format::thousands(self.max),
            ),
        };
        tr_with("{used} + {asked} of {max}", &[("used", &used), ("asked", &asked), ("max", &max)])
    }

    /// Which shares of the quota are used, and asked for by so many instances: both from 0 to 1, together at most 1.
    pub fn shares(&self, count: u32) -> (f64, f64) {
        // Exact enough for a bar.
        let share = |amount: u64| amount as f64 / self.max.max(1) as f64;
        let used = share(self.used).min(1.0);
        let asked = share(self.each.saturating_mul(u64::from(count)));
        (used, asked.min(1.0 - used))
    }

    /// Whether so many do not fit.
    pub fn is_over(&self, count: u32) -> bool {
        u64::from(count) > self.room()
    }
}

/// Memory in GiB, without its unit and with one decimal at most: "64", "0.5".
fn gib(mib: u64) -> String {
    let tenths = (mib.saturating_mul(10)).div_ceil(1024);
    let whole = format::thousands(tenths / 10);
    match tenths % 10 {
        0 => whole,
        tenth => format!("{whole}{}{tenth}", format::decimal_mark()),
    }
}

/// The limited resources that an instance of this size takes, in the order in which they are shown.
pub fn demands(draft: &Draft, flavor: &Flavor, offer: &Offer) -> Vec<Demand> {
    let mut all = Vec::new();
    let mut add = |resource, max: Option<u64>, used: u64, each: u64| {
        if let Some(max) = max.filter(|_| each > 0) {
            all.push(Demand { resource, max, used, each });
        }
    };
    if let Some(limits) = &offer.limits {
        add(Resource::Memory, limits.max_ram_mib, limits.used_ram_mib, flavor.ram_mib);
        add(Resource::Cores, limits.max_vcpus, limits.used_vcpus, flavor.vcpus);
        add(Resource::Instances, limits.max_servers, limits.used_servers, 1);
    }
    if let Some(limits) = &offer.volume_limits {
        let (number, size_gib) = match draft.disk {
            BootDisk::NewVolume => {
                (1, whole_gib(&draft.volume_gib).unwrap_or(offer.needs.volume_gib))
            }
            BootDisk::Local => (0, 0),
            BootDisk::AsImageSays => offer.snapshot_demand(),
        };
        add(Resource::Storage, limits.max_gib, limits.used_gib, size_gib);
        add(Resource::Volumes, limits.max_volumes, limits.used_volumes, number);
    }
    if let Some(ports) = &offer.ports {
        let each = match draft.network() {
            Some(NetworkChoice::These(ids)) => ids.len() as u64,
            Some(NetworkChoice::Auto) => 1,
            Some(NetworkChoice::None) | None => 0,
        };
        add(Resource::Ports, ports.limit, ports.used(), each);
    }
    all
}

/// The one that runs out first, and how many there is room for until then.
pub fn tightest(demands: &[Demand]) -> Option<(Resource, u64)> {
    demands.iter().map(|demand| (demand.resource, demand.room())).min_by_key(|(_, room)| *room)
}

/// "You can start 6 of these. Memory runs out first."
pub fn sentence(demands: &[Demand]) -> Option<String> {
    let (resource, room) = tightest(demands)?;
    let room = match room {
        0 => tr("Your quota has no room for this one.").to_owned(),
        1 => tr("You can start one of these.").to_owned(),
        many => tr_with("You can start {count} of these.", &[("count", &format::thousands(many))]),
    };
    Some(format!("{room} {}", resource.runs_out()))
}

/// What is wrong with the number of instances.
pub fn count_problem(typed: &str, demands: &[Demand]) -> Option<String> {
    let Some(count) = parse_count(typed) else {
        return Some(tr("Give a whole number, at least 1.").to_owned());
    };
    // That not even one fits is said at the size, the volume or the network.
    let (resource, room) = tightest(demands).filter(|(_, room)| *room > 0)?;
    (u64::from(count) > room).then(|| {
        let room = format::thousands(room);
        format!(
            "{} {}",
            tr_with("Your quota has room for {count} of these.", &[("count", &room)]),
            resource.runs_out()
        )
    })
}

/// A whole number from 1 on.
pub fn parse_count(typed: &str) -> Option<u32> {
    typed.trim().parse().ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use openstack::network::Room;
    use serde_json::json;

    use super::*;

    fn flavor() -> Flavor {
        serde_json::from_value(json!({"id": "f", "name": "f", "vcpus": 2, "ram": 8192, "disk": 0}))
            .expect("a flavor")
    }

    fn offer() -> Offer {
        let image =
            serde_json::from_value(json!({"id": "i", "status": "active"})).expect("an image");
        let mut offer = Offer::of(image, 0);
        offer.limits = serde_json::from_value(json!({
            "maxTotalInstances": 10, "totalInstancesUsed": 1, "maxTotalCores": 32, "totalCoresUsed": 18,
            "maxTotalRAMSize": 114_688, "totalRAMUsed": 65_536,
        }))
        .expect("limits");
        offer.volume_limits = serde_json::from_value(json!({
            "maxTotalVolumes": 20, "totalVolumesUsed": 3, "maxTotalVolumeGigabytes": 2000, "totalGigabytesUsed": 1400,
        }))
        .expect("limits");
        offer.ports = room(500);
        offer
    }

    fn room(limit: u64) -> Option<Room> {
        serde_json::from_value(json!({"limit": limit, "used": 1, "reserved": 0})).expect("a quota")
    }

    fn draft() -> Draft {
        Draft { volume_gib: "60".to_owned(), networks: vec!["n".to_owned()], ..Draft::default() }
    }

    fn check(change: impl Fn(&mut Draft, &mut Offer), expected: (Resource, u64)) {
        let (mut draft, mut offer) = (draft(), offer());
        change(&mut draft, &mut offer);
        assert_eq!(tightest(&demands(&draft, &flavor(), &offer)), Some(expected));
    }

    #[test]
    fn the_tightest_resource_says_how_many() {
        check(|_, _| {}, (Resource::Memory, 6));
        check(|draft, _| draft.volume_gib = "200".into(), (Resource::Storage, 3));
        check(|_, offer| offer.ports = room(3), (Resource::Ports, 2));
        check(
            |draft, offer| {
                draft.networks = vec!["n".into(), "m".into()];
                offer.ports = room(10);
            },
            (Resource::Ports, 4),
        );
        let volumes = json!({"maxTotalVolumes": 5, "totalVolumesUsed": 3});
        let few = move |offer: &mut Offer| {
            offer.volume_limits = serde_json::from_value(volumes.clone()).expect("limits");
        };
        check(|_, offer| few(offer), (Resource::Volumes, 2));
        let local = |draft: &mut Draft| draft.disk = BootDisk::Local;
        check(
            |draft, offer| {
                few(offer);
                local(draft);
            },
            (Resource::Memory, 6),
        );
        let full = json!({"maxTotalInstances": 10, "totalInstancesUsed": 12});
        check(
            |_, offer| offer.limits = serde_json::from_value(full.clone()).expect("limits"),
            (Resource::Instances, 0),
        );
    }

    #[test]
    fn without_limits_there_is_nothing_to_say() {
        let image =
            serde_json::from_value(json!({"id": "i", "status": "active"})).expect("an image");
        let offer = Offer::of(image, 0);
        assert_eq!(sentence(&demands(&draft(), &flavor(), &offer)), None);
        assert_eq!(count_problem("1000", &[]), None);
    }

    #[test]
    fn it_is_said_in_a_sentence() {
        let all = demands(&draft(), &flavor(), &offer());
        assert_eq!(
            sentence(&all).as_deref(),
            Some("You can start 6 of these. Memory runs out first.")
        );
        let one =
            |room| sentence(&[Demand { resource: Resource::Cores, max: room, used: 0, each: 1 }]);
        assert_eq!(one(1).as_deref(), Some("You can start one of these. Cores run out first."));
        assert_eq!(
            one(0).as_deref(),
            Some("Your quota has no room for this one. Cores run out first.")
        );
    }

    #[test]
    fn the_number_is_one_that_fits() {
        let all = demands(&draft(), &flavor(), &offer());
        for good in ["1", " 6 "] {
            assert_eq!(count_problem(good, &all), None, "{good}");
        }
        for wrong in ["", "0", "-1", "2.5", "two", "99999999999"] {
            let words = count_problem(wrong, &all).expect("it is wrong");
            assert!(words.starts_with("Give a whole number"), "{wrong}: {words}");
        }
        assert_eq!(
            count_problem("7", &all).as_deref(),
            Some("Your quota has room for 6 of these. Memory runs out first.")
        );
    }

    #[test]
    fn readings_have_used_and_asked_apart() {
        let all = demands(&draft(), &flavor(), &offer());
        let readings: Vec<_> = all.iter().map(|demand| demand.reading(2)).collect();
        assert_eq!(
            readings,
            [
                "64 + 16 of 112 GiB",
                "18 + 4 of 32",
                "1 + 2 of 10",
                "1,400 + 120 of 2,000 GiB",
                "3 + 2 of 20",
                "1 + 2 of 500"
            ]
        );
        let small = Demand { resource: Resource::Memory, max: 51_200, used: 0, each: 512 };
        assert_eq!(small.reading(1), "0 + 0.5 of 50 GiB");
        let over = Demand { resource: Resource::Cores, max: 10, used: 8, each: 4 };
        assert_eq!(over.shares(1), (0.8, 0.19999999999999996));
        assert!(over.is_over(1));
    }
}
