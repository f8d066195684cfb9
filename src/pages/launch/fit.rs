//! Which sizes fit: an image's needs against a size, a boot disk and what is left of the quota.
//!
//! Pure. A size that does not fit is never hidden; it gets the reason in words.

use openstack::compute::{ComputeLimits, Flavor};
use openstack::image::Image;

use super::draft::BootDisk;
use crate::text::format::ram;
use crate::text::{tr, tr_with};

/// What an image asks of the machine it boots on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The architecture that it names, if it does.
    pub architecture: Option<String>,
    /// The smallest memory.
    pub ram_mib: u64,
    /// The smallest local disk: file, unpacked disk and `min_disk`, whichever is largest.
    pub local_gib: u64,
    /// The smallest boot volume: the same, or the least that this cloud sells.
    pub volume_gib: u64,
}

impl Needs {
    /// From the image, and the smallest boot volume of the configuration in GiB.
    pub fn of(image: &Image, smallest_sold_gib: u64) -> Self {
        let local_gib = image.smallest_volume_gib();
        let architecture =
            image.property("architecture").or_else(|| image.property("hw_architecture"));
        Self {
            architecture: architecture.map(normal),
            ram_mib: image.min_ram_mib,
            local_gib,
            volume_gib: local_gib.max(smallest_sold_gib),
        }
    }
}

/// Why a size cannot be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The operator has closed it for new instances.
    Closed,
    /// Its hosts are of another architecture than the image.
    Architecture {
        /// Of the size.
        has: String,
        /// Of the image.
        needs: String,
    },
    /// Less memory than the image asks for (`FlavorMemoryTooSmall`).
    Ram {
        /// Of the size.
        has_mib: u64,
        /// Of the image.
        needs_mib: u64,
    },
    /// The instance shall boot from the local disk, and there is none (`BootFromVolumeRequiredForZeroDiskFlavor`).
    NoLocalDisk,
    /// The local disk is smaller than the image's (`FlavorDiskSmallerThanImage`, `FlavorDiskSmallerThanMinDisk`).
    LocalDisk {
        /// Of the size.
        has_gib: u64,
        /// Of the image.
        needs_gib: u64,
    },
    /// More cores than the quota has left.
    CoreQuota {
        /// Of the size.
        needs: u64,
        /// In the quota.
        left: u64,
    },
    /// More memory than the quota has left.
    RamQuota {
        /// Of the size.
        needs_mib: u64,
        /// In the quota.
        left_mib: u64,
    },
}

impl Misfit {
    /// The reason, as it stands under the size's name.
    pub fn words(self) -> String {
        match self {
            Self::Closed => tr("Closed for new instances by the operator").to_owned(),
            Self::Architecture { has, needs } => {
                tr_with("{has}; the image is for {needs}", &[("has", &has), ("needs", &needs)])
            }
            Self::Ram { has_mib, needs_mib } => tr_with(
                "{ram} RAM; the image needs {needed}",
                &[("ram", &ram(has_mib)), ("needed", &ram(needs_mib))],
            ),
            Self::NoLocalDisk => {
                tr("No local disk; choose a new volume as the boot disk").to_owned()
            }
            Self::LocalDisk { has_gib, needs_gib } => tr_with(
                "{has_gib} GiB local disk; the image needs {needs_gib} GiB",
                &[("has_gib", &has_gib), ("needs_gib", &needs_gib)],
            ),
            Self::CoreQuota { needs, left } => {
                let cores = if needs == 1 { tr("core") } else { tr("cores") };
                tr_with(
                    "{needs} {cores}; {left} left in your quota",
                    &[("needs", &needs), ("cores", &cores), ("left", &left)],
                )
            }
            Self::RamQuota { needs_mib, left_mib } => tr_with(
                "{ram} RAM; {left} left in your quota",
                &[("ram", &ram(needs_mib)), ("left", &ram(left_mib))],
            ),
        }
    }
}

/// The first reason against a size, if there is one. Limits of `None` are unknown; the cloud then decides. `cloud` are the
/// architectures of the cloud, for sizes that do not say theirs.
pub fn misfit(
    flavor: &Flavor,
    needs: &Needs,
    disk: BootDisk,
    limits: Option<&ComputeLimits>,
    cloud: &[String],
) -> Option<Misfit> {
    let left = |max: Option<u64>, used: u64| max.map(|max| max.saturating_sub(used));
    if flavor.disabled {
        return Some(Misfit::Closed);
    }
    if let Some(wanted) = &needs.architecture
        && let Some(has) = other_architecture(flavor, wanted, cloud)
    {
        return Some(Misfit::Architecture { has, needs: wanted.clone() });
    }
    if flavor.ram_mib < needs.ram_mib {
        return Some(Misfit::Ram { has_mib: flavor.ram_mib, needs_mib: needs.ram_mib });
    }
    if disk == BootDisk::Local {
        if flavor.disk_gib == 0 {
            return Some(Misfit::NoLocalDisk);
        }
        if flavor.disk_gib < needs.local_gib {
            return Some(Misfit::LocalDisk {
                has_gib: flavor.disk_gib,
                needs_gib: needs.local_gib,
            });
        }
    }
    let limits = limits?;
    if let Some(left) =
        left(limits.max_vcpus, limits.used_vcpus).filter(|left| flavor.vcpus > *left)
    {
        return Some(Misfit::CoreQuota { needs: flavor.vcpus, left });
    }
    left(limits.max_ram_mib, limits.used_ram_mib)
        .filter(|left| flavor.ram_mib > *left)
        .map(|left_mib| Misfit::RamQuota { needs_mib: flavor.ram_mib, left_mib })
}

/// Why the flavor's local disk cannot be booted from, said at the choice of the boot disk.
pub fn local_disk_reason(flavor: &Flavor, needs: &Needs) -> Option<String> {
    if flavor.disk_gib == 0 {
        Some(tr_with("{name} has no local disk.", &[("name", &flavor.name)]))
    } else if flavor.disk_gib < needs.local_gib {
        Some(tr_with(
            "{name} has {disk_gib} GiB; the image needs {local_gib} GiB.",
            &[
                ("name", &flavor.name),
                ("disk_gib", &flavor.disk_gib),
                ("local_gib", &needs.local_gib),
            ],
        ))
    } else {
        None
    }
}

/// The architecture of a size's hosts where an image for `wanted` does not run on them.
fn other_architecture(flavor: &Flavor, wanted: &str, cloud: &[String]) -> Option<String> {
    let runs = |host: &str| host == wanted || (host == "x86_64" && wanted == "i686");
    // Operators write it as a capability of the host that the scheduler compares: `capabilities:cpu_info:arch`, `cpu_arch`,
    // with an operator of the comparison in front ("s== aarch64").
    let own = flavor
        .extra_specs
        .iter()
        .filter(|(key, _)| {
            let last = key.rsplit(':').next().unwrap_or_default();
            matches!(last, "arch" | "cpu_arch" | "architecture")
        })
        .find_map(|(_, value)| value.split_whitespace().last().map(normal));
    match own {
        Some(own) => (!runs(&own)).then_some(own),
        None => {
            let cloud: Vec<String> = cloud.iter().map(|name| normal(name)).collect();
            (!cloud.is_empty() && !cloud.iter().any(|host| runs(host))).then(|| cloud.join(", "))
        }
    }
}

/// One name for an architecture that has several.
fn normal(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        "amd64" | "x86-64" => "x86_64".to_owned(),
        "arm64" => "aarch64".to_owned(),
        "i386" | "i486" | "i586" | "x86" => "i686".to_owned(),
        _ => name,
    }
}

/// The one to begin with, as an index into the sorted list: the smallest that fits and is pleasant to use, without a local
/// disk that would lie idle beside a boot volume; where there is none, the largest that fits.
pub fn usual(flavors: &[Flavor], fits: &[bool], windows: bool, disk: BootDisk) -> Option<usize> {
    // The least that Windows Server starts in reasonable time with, and that package managers do not run out of.
    let (vcpus, ram_mib) = if windows { (2, 8192) } else { (1, 1024) };
    let fitting =
        || flavors.iter().enumerate().filter(|(at, _)| fits.get(*at).copied().unwrap_or(false));
    let pleasant =
        || fitting().filter(|(_, flavor)| flavor.vcpus >= vcpus && flavor.ram_mib >= ram_mib);
    let idle = |flavor: &Flavor| disk != BootDisk::Local && flavor.disk_gib > 0;
    pleasant()
        .find(|(_, flavor)| !idle(flavor))
        .or_else(|| pleasant().next())
        .or_else(|| fitting().next_back())
        .map(|(at, _)| at)
}

/// Small to large: cores, memory, local disk, name.
pub fn sort(flavors: &mut [Flavor]) {
    flavors.sort_by(|a, b| {
        (a.vcpus, a.ram_mib, a.disk_gib, &a.name).cmp(&(b.vcpus, b.ram_mib, b.disk_gib, &b.name))
    });
}

/// How many sizes are shown before "Show all".
const FIRST_SHOWN: usize = 8;

/// The rows of the shortened table: from the smallest on, at least five that fit and eight in all; and the chosen
/// one wherever it stands. Gives indices into the sorted list. Everything when only a row or two would be left out.
pub fn shown(fits: &[bool], chosen: Option<usize>) -> Vec<usize> {
    const ENOUGH_FIT: usize = 5;
    if fits.len() <= FIRST_SHOWN + 2 {
        return (0..fits.len()).collect();
    }
    let mut fitting = 0;
    let mut rows = Vec::new();
    for (index, fits) in fits.iter().enumerate() {
        let full = rows.len() >= FIRST_SHOWN && fitting >= ENOUGH_FIT;
        if !full || chosen == Some(index) {
            rows.push(index);
            fitting += usize::from(*fits);
        }
    }
    rows
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
