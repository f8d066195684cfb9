//! Operating systems that images hold: how `os_distro` names them, how people do, which versions there are, and who logs in.
//!
//! Pure, and small on purpose: the ids are those of libosinfo's database (its `<distro>`), except where OpenStack's own list
//! of image properties names another (`arch`, `windows`); what libosinfo does not have keeps the `ID` of its `os-release`.
//! Anything that is not here can be typed.

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
}

const fn system(
    id: &'static str,
    name: &'static str,
    also: &'static [&'static str],
    versions: &'static [&'static str],
    user: &'static str,
) -> System {
    System { id, name, also, versions, user }
}

/// All of them, by name.
pub const SYSTEMS: &[System] = &[
    system("almalinux", "AlmaLinux", &["alma"], &["10", "9", "8"], "almalinux"),
    system("alpinelinux", "Alpine Linux", &["alpine"], &["3.22", "3.21", "3.20"], "alpine"),
    system("amzn", "Amazon Linux", &["amazonlinux"], &["2023", "2"], "ec2-user"),
    system("arch", "Arch Linux", &["archlinux"], &[], "arch"),
    system("centos", "CentOS Stream", &["centos-stream"], &["10", "9", "8", "7"], "cloud-user"),
    system("cirros", "CirrOS", &[], &["0.6.3", "0.6.2", "0.5.2"], "cirros"),
    system("debian", "Debian", &[], &["13", "12", "11", "10", "testing"], "debian"),
    system("fedora", "Fedora", &[], &["43", "42", "41"], "fedora"),
    system("fedora-coreos", "Fedora CoreOS", &["fedoracoreos", "coreos"], &["stable"], "core"),
    system("flatcar", "Flatcar Container Linux", &[], &[], "core"),
    system("freebsd", "FreeBSD", &[], &["15.0", "14.3", "13.5"], "freebsd"),
    system("gentoo", "Gentoo", &[], &[], ""),
    system("netbsd", "NetBSD", &[], &["10.1", "9.4"], ""),
    system("nixos", "NixOS", &[], &["25.11", "25.05"], ""),
    system("openbsd", "OpenBSD", &[], &["7.8", "7.7"], ""),
    system(
        "opensuse",
        "openSUSE",
        &["opensuse-leap", "opensuse-tumbleweed"],
        &["16.0", "15.6", "tumbleweed"],
        "root",
    ),
    system("opnsense", "OPNsense", &[], &["25.7", "25.1"], "root"),
    system("ol", "Oracle Linux", &["oraclelinux", "oel"], &["10", "9", "8"], "cloud-user"),
    system("pfsense", "pfSense", &[], &["2.8.1", "2.7.2"], "admin"),
    system("rhel", "Red Hat Enterprise Linux", &[], &["10", "9", "8", "7"], "cloud-user"),
    system("rocky", "Rocky Linux", &["rockylinux"], &["10", "9", "8"], "rocky"),
    system(
        "sles",
        "SUSE Linux Enterprise Server",
        &["sle", "sles_sap"],
        &["16.0", "15.7", "15.6", "12.5"],
        "root",
    ),
    system("talos", "Talos Linux", &[], &[], ""),
    system("ubuntu", "Ubuntu", &[], &["25.10", "24.04", "22.04", "20.04"], "ubuntu"),
    system("vyos", "VyOS", &[], &["1.5", "1.4"], "vyos"),
    system(
        "windows",
        "Windows",
        &["win", "winnt"],
        &["2025", "2022", "2019", "2016", "11", "10"],
        "",
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
