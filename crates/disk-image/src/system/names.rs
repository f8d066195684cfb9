//! Distributions: what `os_distro` calls them, what people do, who logs in by custom; and guessing one from a name.

use crate::report::{Os, Presence, ReadFrom};

/// `os_distro`, name, the user that its cloud images make, and words by which a name gives it away.
type Distro = (&'static str, &'static str, Option<&'static str>, &'static [&'static str]);
const DISTROS: &[Distro] = &[
    ("almalinux", "AlmaLinux", Some("almalinux"), &["almalinux", "alma"]),
    ("alpinelinux", "Alpine Linux", Some("alpine"), &["alpine", "alpinelinux"]),
    ("amzn", "Amazon Linux", Some("ec2-user"), &["amzn", "amazonlinux"]),
    ("arch", "Arch Linux", Some("arch"), &["arch", "archlinux"]),
    ("centos", "CentOS", Some("centos"), &["centos"]),
    ("cirros", "CirrOS", Some("cirros"), &["cirros"]),
    ("debian", "Debian", Some("debian"), &["debian"]),
    ("fedora", "Fedora", Some("fedora"), &["fedora"]),
    ("fedora-coreos", "Fedora CoreOS", Some("core"), &["fcos", "coreos"]),
    ("flatcar", "Flatcar", Some("core"), &["flatcar"]),
    ("freebsd", "FreeBSD", Some("freebsd"), &["freebsd"]),
    ("gentoo", "Gentoo", Some("gentoo"), &["gentoo"]),
    ("kali", "Kali Linux", Some("kali"), &["kali"]),
    ("netbsd", "NetBSD", None, &["netbsd"]),
    ("ol", "Oracle Linux", Some("cloud-user"), &["ol", "oraclelinux", "oracle"]),
    ("openbsd", "OpenBSD", None, &["openbsd"]),
    ("opensuse", "openSUSE", None, &["opensuse", "leap", "tumbleweed"]),
    ("opnsense", "OPNsense", None, &["opnsense"]),
    ("pfsense", "pfSense", None, &["pfsense"]),
    ("rhel", "Red Hat Enterprise Linux", Some("cloud-user"), &["rhel", "redhat"]),
    ("rocky", "Rocky Linux", Some("rocky"), &["rocky", "rockylinux"]),
    ("sles", "SUSE Linux Enterprise", None, &["sles", "sle"]),
    ("systemrescue", "SystemRescue", None, &["systemrescue"]),
    ("ubuntu", "Ubuntu", Some("ubuntu"), &["ubuntu", "cloudimg"]),
    ("vyos", "VyOS", Some("vyos"), &["vyos"]),
    ("windows", "Windows", None, &["windows", "win"]),
];

/// Releases that people name instead of number.
const CODENAMES: &[(&str, &str, &str)] = &[
    ("buster", "debian", "10"),
    ("bullseye", "debian", "11"),
    ("bookworm", "debian", "12"),
    ("trixie", "debian", "13"),
    ("forky", "debian", "14"),
    ("xenial", "ubuntu", "16.04"),
    ("bionic", "ubuntu", "18.04"),
    ("focal", "ubuntu", "20.04"),
    ("jammy", "ubuntu", "22.04"),
    ("noble", "ubuntu", "24.04"),
    ("plucky", "ubuntu", "25.04"),
    ("questing", "ubuntu", "25.10"),
    ("resolute", "ubuntu", "26.04"),
];

const ARCHITECTURES: &[(&str, &str)] = &[
    ("x86_64", "x86_64"),
    ("x86-64", "x86_64"),
    ("amd64", "x86_64"),
    ("x64", "x86_64"),
    ("aarch64", "aarch64"),
    ("arm64", "aarch64"),
    ("ppc64le", "ppc64le"),
    ("s390x", "s390x"),
    ("riscv64", "riscv64"),
    ("i386", "i686"),
    ("i686", "i686"),
];

/// `ID` of an `os-release` as `os_distro` has it; unknown ones are kept.
pub(super) fn distro_of_id(id: &str) -> String {
    let known = match id {
        "alpine" => "alpinelinux",
        "archarm" => "arch",
        "oracle" => "ol",
        "redhat" => "rhel",
        "sles_sap" | "sle-micro" | "sl-micro" | "sled" => "sles",
        id if id.starts_with("opensuse") => "opensuse",
        id => id,
    };
    known.to_owned()
}

/// How people call it: "Debian 12".
pub(super) fn name(distro: &str, version: Option<&str>) -> String {
    let known = DISTROS.iter().find(|(id, ..)| *id == distro);
    let name = known.map_or(distro, |(_, name, ..)| *name);
    match version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

/// The user that the distribution's own cloud images make.
pub(super) fn customary_user(distro: &str, version: Option<&str>) -> Option<String> {
    // CentOS Stream took over Red Hat's user with version 9.
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    if distro == "centos" && major.is_some_and(|major| major >= 9) {
        return Some("cloud-user".to_owned());
    }
    let (_, _, user, _) = DISTROS.iter().find(|(id, ..)| *id == distro)?;
    user.map(str::to_owned)
}

/// The version as osinfo-db counts this distribution's releases.
pub(super) fn usual_version(distro: &str, version: &str) -> String {
    let parts = match distro {
        "debian" | "amzn" | "fedora-coreos" => 1,
        "alpinelinux" | "ubuntu" => 2,
        _ => usize::MAX,
    };
    version.split('.').take(parts).collect::<Vec<_>>().join(".")
}

/// What the name of a file, a disc or a partition gives away: `debian-12-genericcloud-amd64.qcow2`,
/// `Fedora-Cloud-Base-40-1.14.x86_64`, `cloudimg-rootfs`, `SSS_X64FREE_EN-US_DV9`. `None` when it names no system.
pub(super) fn guess_by_name(text: &str, read_from: ReadFrom) -> Option<Os> {
    let mut text = text.to_ascii_lowercase();
    let windows_disc = text.contains("x64fre") || text.contains("a64fre");
    let mut architecture = None;
    for (spelling, known) in ARCHITECTURES {
        if text.contains(spelling) {
            architecture = architecture.or(Some((*known).to_owned()));
            text = text.replace(spelling, " ");
        }
    }
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.')
        .flat_map(letters_and_number)
        .collect();
    let (distro, version) = match named(&words) {
        // Drivers for Windows are not Windows.
        Some(("windows", _)) if text.contains("virtio-win") => return None,
        Some(named) => named,
        None if windows_disc => ("windows", None),
        None => return None,
    };
    let version = version.map(|version| usual_version(distro, &version));
    Some(Os {
        distro: distro.to_owned(),
        name: name(distro, version.as_deref()),
        architecture,
        cloud_init: Presence::Unknown,
        guest_agent: Presence::Unknown,
        default_user: customary_user(distro, version.as_deref()),
        version,
        read_from,
    })
}

fn named(words: &[&str]) -> Option<(&'static str, Option<String>)> {
    let codename = words
        .iter()
        .find_map(|word| CODENAMES.iter().find(|(codename, ..)| codename == word))
        .map(|(_, distro, version)| (*distro, Some((*version).to_owned())));
    if codename.is_some() {
        return codename;
    }
    // The more special name comes first: Fedora CoreOS is named by both words.
    let words = match words.iter().position(|word| *word == "coreos") {
        Some(place) => words.get(place..).unwrap_or_default(),
        None => words,
    };
    let (place, distro) = words.iter().enumerate().find_map(|(place, word)| {
        let (id, ..) = DISTROS.iter().find(|(.., words)| words.contains(word))?;
        Some((place, *id))
    })?;
    let version = words.iter().skip(place).find_map(|word| version(word));
    Some((distro, version))
}

/// `debian12` is two words; `12.5.0` and `2k22` are one.
fn letters_and_number(word: &str) -> [&str; 2] {
    let word = word.trim_matches('.');
    let digits = word.find(|letter: char| letter.is_ascii_digit()).unwrap_or(word.len());
    word.split_at_checked(digits).map_or([word, ""], |(letters, rest)| [letters, rest])
}

/// `12`, `24.04`, `9.4`, `2k22`; no dates, no build numbers.
fn version(word: &str) -> Option<String> {
    if let Some(year) = word.strip_prefix("2k").and_then(|rest| rest.get(..2))
        && year.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(format!("20{year}"));
    }
    let parts: Vec<&str> = word
        .split('.')
        .take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    let first = parts.first()?;
    (first.len() <= 4 && parts.len() <= 4).then(|| parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
        let found = guess_by_name(text, ReadFrom::FileName);
        let found = found
            .as_ref()
            .map(|os| (os.distro.as_str(), os.version.as_deref(), os.architecture.as_deref()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn names_of_the_distributions_own_images() {
        let (x86, arm) = (Some("x86_64"), Some("aarch64"));
        check(
            "debian-12-genericcloud-amd64-20250316-2053.qcow2",
            Some(("debian", Some("12"), x86)),
        );
        check("ubuntu-24.04-server-cloudimg-arm64.img", Some(("ubuntu", Some("24.04"), arm)));
        check("jammy-server-cloudimg-amd64.img", Some(("ubuntu", Some("22.04"), x86)));
        check("Fedora-Cloud-Base-Generic.x86_64-40-1.14.qcow2", Some(("fedora", Some("40"), x86)));
        let stream = "CentOS-Stream-GenericCloud-9-20240101.0.x86_64.qcow2";
        check(stream, Some(("centos", Some("9"), x86)));
        check("Rocky-9-GenericCloud.latest.x86_64.qcow2", Some(("rocky", Some("9"), x86)));
        check("AlmaLinux-9-GenericCloud-9.4-20240507.x86_64", Some(("almalinux", Some("9"), x86)));
        check("rhel-9.4-x86_64-kvm.qcow2", Some(("rhel", Some("9.4"), x86)));
        check("openSUSE-Leap-15.6-Minimal-VM.x86_64", Some(("opensuse", Some("15.6"), x86)));
        let alpine = "nocloud_alpine-3.20.3-x86_64-bios-cloudinit-r0.qcow2";
        check(alpine, Some(("alpinelinux", Some("3.20"), x86)));
        check("cirros-0.6.2-x86_64-disk.img", Some(("cirros", Some("0.6.2"), x86)));
        check("FreeBSD-14.1-RELEASE-amd64.qcow2", Some(("freebsd", Some("14.1"), x86)));
        check("windows-server-2022.vhdx", Some(("windows", Some("2022"), None)));
        check("win2k22.qcow2", Some(("windows", Some("2022"), None)));
        check("debian12.raw", Some(("debian", Some("12"), None)));
        check(
            "fedora-coreos-42.20250901.3.0-qemu.x86_64.qcow2",
            Some(("fedora-coreos", Some("42"), x86)),
        );
        check("pfSense-CE-2.7.2-RELEASE-amd64.iso", Some(("pfsense", Some("2.7.2"), x86)));
    }

    #[test]
    fn names_of_discs_and_partitions() {
        check("Debian 12.5.0 amd64 n", Some(("debian", Some("12"), Some("x86_64"))));
        check("SSS_X64FREE_EN-US_DV9", Some(("windows", None, Some("x86_64"))));
        check("ARCH_202401", Some(("arch", None, None)));
        check("cloudimg-rootfs", Some(("ubuntu", None, None)));
        check("virtio-win-0.1.240", None);
        check("disk.img", None);
        check("root", None);
        check("", None);
    }
}
