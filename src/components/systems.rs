//! Operating systems that images hold: how `os_distro` names them, how people do, which versions there are, who logs in, and
//! by which mark they are known at a glance.
//!
//! Pure, and small on purpose: the ids are those of libosinfo's database (its `<distro>`), except where OpenStack's own list
//! of image properties names another (`arch`, `windows`); what libosinfo does not have keeps the `ID` of its `os-release`.
//! Anything that is not here can be typed. The marks are drawn by us, of a few strokes each: no maker's logo is copied.

/// One system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// The value of `os_distro`.
    pub id: &'static str,
    /// As its maker writes it.
    pub name: &'static str,
    /// Other names of it that images and disks bear.
    pub also: &'static [&'static str],
    /// The versions that are likely, newest first.
    pub versions: &'static [&'static str],
    /// Who logs in on the maker's own cloud image; empty where nobody is usual.
    pub user: &'static str,
    /// How it is drawn.
    pub mark: Mark,
}

impl System {
    /// As it is called where there is little room.
    pub fn short(&self) -> &'static str {
        match self.id {
            "flatcar" => "Flatcar",
            "rhel" => "RHEL",
            "sles" => "SLES",
            _ => self.name,
        }
    }
}

/// A mark of strokes on a tile of 20 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The name of its colour in `style/components/osmark.css`.
    pub tint: &'static str,
    /// The strokes, as the `d` of an SVG path.
    pub strokes: &'static str,
}

impl Mark {
    /// For what is not known.
    pub const RING: Self = mark("other", "M6 10a4 4 0 1 0 8 0a4 4 0 1 0-8 0");

    /// The mark of the system that `os_distro` names.
    pub fn of(distro: &str) -> Self {
        // libosinfo has an id for every Windows: `win2k22`, `win11`.
        let distro =
            if distro.to_ascii_lowercase().starts_with("win") { "windows" } else { distro };
        system_of(distro).map_or(Self::RING, |system| system.mark)
    }
}

const fn mark(tint: &'static str, strokes: &'static str) -> Mark {
    Mark { tint, strokes }
}

const fn system(
    id: &'static str,
    name: &'static str,
    also: &'static [&'static str],
    versions: &'static [&'static str],
    user: &'static str,
    mark: Mark,
) -> System {
    System { id, name, also, versions, user, mark }
}

/// All of them, by name.
pub const SYSTEMS: &[System] = &[
    // A pinwheel.
    system(
        "almalinux",
        "AlmaLinux",
        &["alma"],
        &["10", "9", "8"],
        "almalinux",
        mark(
            "almalinux",
            "M10 10c0-3 1-4.8 4-4.8M10 10c3 0 4.8 1 4.8 4M10 10c0 3-1 4.8-4 4.8M10 10c-3 0-4.8-1-4.8-4",
        ),
    ),
    // A peak.
    system(
        "alpinelinux",
        "Alpine Linux",
        &["alpine"],
        &["3.22", "3.21", "3.20"],
        "alpine",
        mark("fedora", "M4.8 14.4 10 5.8l5.2 8.6z"),
    ),
    // A box.
    system(
        "amzn",
        "Amazon Linux",
        &["amazonlinux"],
        &["2023", "2"],
        "ec2-user",
        mark("ubuntu", "M10 4.8l4.6 2.6v5.2L10 15.2l-4.6-2.6V7.4zM5.4 7.4 10 10l4.6-2.6M10 10v5.2"),
    ),
    // An arch.
    system(
        "arch",
        "Arch Linux",
        &["archlinux"],
        &[],
        "arch",
        mark("windows", "M5.8 15V9.4a4.2 4.2 0 0 1 8.4 0V15"),
    ),
    // A diamond with a point.
    system(
        "centos",
        "CentOS Stream",
        &["centos-stream"],
        &["10", "9", "8", "7"],
        "cloud-user",
        mark("almalinux", "M10 4.6 15.4 10 10 15.4 4.6 10zM10 9.9v.2"),
    ),
    // A cloud.
    system(
        "cirros",
        "CirrOS",
        &[],
        &["0.6.3", "0.6.2", "0.5.2"],
        "cirros",
        mark("other", "M7 13.8a2.7 2.7 0 0 1 .1-5.4 3.4 3.4 0 0 1 6.5.6 2.4 2.4 0 0 1-.4 4.8z"),
    ),
    // A coil.
    system(
        "debian",
        "Debian",
        &[],
        &["13", "12", "11", "10", "testing"],
        "debian",
        mark("debian", "M10 10a1.4 1.4 0 0 1 2.8 0a2.8 2.8 0 0 1-5.6 0a4.2 4.2 0 0 1 8.4 0"),
    ),
    // A lying eight.
    system(
        "fedora",
        "Fedora",
        &[],
        &["43", "42", "41"],
        "fedora",
        mark(
            "fedora",
            "M10 10C8.6 7.8 7.6 7.2 6.6 7.2a2.8 2.8 0 0 0 0 5.6c1 0 2-.6 3.4-2.8s2.4-2.8 3.4-2.8a2.8 2.8 0 0 1 0 5.6c-1 0-2-.6-3.4-2.8",
        ),
    ),
    // A dial.
    system(
        "fedora-coreos",
        "Fedora CoreOS",
        &["fedoracoreos", "coreos"],
        &["stable"],
        "core",
        mark("fedora", "M5 10a5 5 0 1 0 10 0a5 5 0 1 0-10 0M10 10h4"),
    ),
    // A wagon.
    system(
        "flatcar",
        "Flatcar Container Linux",
        &[],
        &[],
        "core",
        mark(
            "rocky",
            "M4.8 9.8h10.4M7 13.6a.7.7 0 1 0 .01 0zM13 13.6a.7.7 0 1 0 .01 0zM7.4 6.2h5.2",
        ),
    ),
    // A fork.
    system(
        "freebsd",
        "FreeBSD",
        &[],
        &["15.0", "14.3", "13.5"],
        "freebsd",
        mark("bsd", "M5.6 5.4v1.8a4.4 4.4 0 0 0 8.8 0V5.4M10 5.4V15"),
    ),
    // A drop.
    system(
        "gentoo",
        "Gentoo",
        &[],
        &[],
        "",
        mark("almalinux", "M10 5c2.6 2.8 4 4.4 4 6.2a4 4 0 0 1-8 0C6 9.4 7.4 7.8 10 5z"),
    ),
    // A flag.
    system(
        "netbsd",
        "NetBSD",
        &[],
        &["10.1", "9.4"],
        "",
        mark("ubuntu", "M6.6 15.2V5.4l7.4 2-7.4 3.6"),
    ),
    // A snowflake.
    system(
        "nixos",
        "NixOS",
        &[],
        &["25.11", "25.05"],
        "",
        mark("fedora", "M10 4.8v10.4M5.5 7.4l9 5.2M14.5 7.4l-9 5.2"),
    ),
    // A ball with spikes.
    system(
        "openbsd",
        "OpenBSD",
        &[],
        &["7.8", "7.7"],
        "",
        mark(
            "ubuntu",
            "M7.4 10a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0M10 4.6v.2M10 15.2v.2M4.6 10h.2M15.2 10h.2M6.2 6.2l.1.1M13.7 6.3l.1-.1M6.2 13.8l.1-.1M13.7 13.7l.1.1",
        ),
    ),
    // A leaf.
    system(
        "opensuse",
        "openSUSE",
        &["opensuse-leap", "opensuse-tumbleweed"],
        &["16.0", "15.6", "tumbleweed"],
        "root",
        mark("opensuse", "M5.6 14.6c-.6-6 2.8-9.2 9-9.2.4 6-2.4 8.4-6.4 8.2M5.6 14.6 10.8 9.2"),
    ),
    // A shield.
    system(
        "opnsense",
        "OPNsense",
        &[],
        &["25.7", "25.1"],
        "root",
        mark("ubuntu", "M10 4.8l4.6 1.6v3.4c0 2.6-1.8 4.4-4.6 5.6-2.8-1.2-4.6-3-4.6-5.6V6.4z"),
    ),
    // A link of a chain.
    system(
        "ol",
        "Oracle Linux",
        &["oraclelinux", "oel"],
        &["10", "9", "8"],
        "cloud-user",
        mark("debian", "M8 6.8h4a3.2 3.2 0 0 1 0 6.4H8a3.2 3.2 0 0 1 0-6.4z"),
    ),
    // A wall.
    system(
        "pfsense",
        "pfSense",
        &[],
        &["2.8.1", "2.7.2"],
        "admin",
        mark("bsd", "M4.8 5.8h10.4v8.4H4.8zM4.8 10h10.4M10 5.8V10M10 14.2V13"),
    ),
    // A hat.
    system(
        "rhel",
        "Red Hat Enterprise Linux",
        &[],
        &["10", "9", "8", "7"],
        "cloud-user",
        mark("debian", "M4.6 13.4h10.8M6.8 13.2C6.8 9 7.8 6.6 10 6.6s3.2 2.4 3.2 6.6"),
    ),
    // Two peaks.
    system(
        "rocky",
        "Rocky Linux",
        &["rockylinux"],
        &["10", "9", "8"],
        "rocky",
        mark("rocky", "M4.6 14.4 8.6 6.4l3 5.2 1.4-2 2.6 4.8"),
    ),
    // A leaf.
    system(
        "sles",
        "SUSE Linux Enterprise Server",
        &["sle", "sles_sap"],
        &["16.0", "15.7", "15.6", "12.5"],
        "root",
        mark("opensuse", "M5.6 14.6c-.6-6 2.8-9.2 9-9.2.4 6-2.4 8.4-6.4 8.2M5.6 14.6 10.8 9.2"),
    ),
    // A hexagon.
    system(
        "talos",
        "Talos Linux",
        &[],
        &[],
        "",
        mark("rocky", "M10 4.8l4.5 2.6v5.2L10 15.2l-4.5-2.6V7.4z"),
    ),
    // Three dots.
    system(
        "ubuntu",
        "Ubuntu",
        &[],
        &["25.10", "24.04", "22.04", "20.04"],
        "ubuntu",
        mark(
            "ubuntu",
            "M10 4.9a.9.9 0 1 0 .01 0zM13.7 11.3a.9.9 0 1 0 .01 0zM6.3 11.3a.9.9 0 1 0 .01 0z",
        ),
    ),
    // Two chevrons.
    system(
        "vyos",
        "VyOS",
        &[],
        &["1.5", "1.4"],
        "vyos",
        mark("ubuntu", "M5.2 5.6l4.8 5.6 4.8-5.6M7.4 13.2l2.6 2.4 2.6-2.4"),
    ),
    // A window.
    system(
        "windows",
        "Windows",
        &["win", "winnt"],
        &["2025", "2022", "2019", "2016", "11", "10"],
        "",
        mark("windows", "M5.2 5.2h9.6v9.6H5.2zM10 5.2v9.6M5.2 10h9.6"),
    ),
];

/// The system of that id or other name, whatever the case.
pub fn system_of(distro: &str) -> Option<&'static System> {
    let distro = distro.trim();
    SYSTEMS.iter().find(|system| {
        system.id.eq_ignore_ascii_case(distro)
            || system.also.iter().any(|name| name.eq_ignore_ascii_case(distro))
    })
}

/// The id to write for a system that somebody named.
pub fn canonical(distro: &str) -> String {
    system_of(distro).map_or_else(|| distro.trim().to_owned(), |system| system.id.to_owned())
}

/// Who logs in on an image of that system by custom.
pub fn usual_user(distro: &str) -> Option<&'static str> {
    system_of(distro).map(|system| system.user).filter(|user| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_no_name_is_there_twice() {
        let names: Vec<String> = SYSTEMS.iter().map(|system| system.name.to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let mut all: Vec<&str> = SYSTEMS
            .iter()
            .flat_map(|system| [system.id].into_iter().chain(system.also.iter().copied()))
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn every_system_has_a_mark_and_what_is_unknown_a_ring() {
        assert!(SYSTEMS.iter().all(|system| system.mark.strokes.starts_with('M')));
        assert!(SYSTEMS.iter().all(|system| system.mark != Mark::RING));
        assert_eq!(Mark::of("Alma"), Mark::of("almalinux"));
        assert_eq!(Mark::of("win2k22"), Mark::of("windows"));
        assert_eq!(Mark::of("temple"), Mark::RING);
    }

    #[test]
    fn names_that_disks_bear_lead_to_one_id() {
        let check = |distro: &str, id: &str| assert_eq!(canonical(distro), id, "{distro}");
        check("Alpine", "alpinelinux");
        check("alma", "almalinux");
        check("oraclelinux", "ol");
        check("win", "windows");
        check(" haiku ", "haiku");
        assert_eq!(usual_user("centos-stream"), Some("cloud-user"));
        assert_eq!(usual_user("windows"), None);
    }
}
