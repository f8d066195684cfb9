//! The images that a Swedish public cloud offers, and a few of the two projects' own.

/// GiB in bytes.
pub(super) const GIB: u64 = 1 << 30;

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Qcow2,
    Raw,
    Iso,
}

/// One public image.
pub(super) struct Offer {
    pub(super) name: &'static str,
    pub(super) distro: &'static str,
    pub(super) version: &'static str,
    pub(super) user: &'static str,
    pub(super) kind: Kind,
    /// Size of the disk inside, bytes.
    pub(super) virtual_size: u64,
    pub(super) min_disk_gib: i64,
    pub(super) min_ram_mib: i64,
    pub(super) age_days: i64,
    /// Space-separated `name=value` beyond the usual ones.
    pub(super) more: &'static str,
    pub(super) tags: &'static [&'static str],
}

#[rustfmt::skip]
pub(super) const PUBLIC: [Offer; 26] = [
    linux("debian-11-x86_64", "debian", "11", "debian", 2 * GIB, 10, 512, 301, ""),
    linux("debian-12-x86_64", "debian", "12", "debian", 3 * GIB, 10, 512, 38, ""),
    linux("debian-13-x86_64", "debian", "13", "debian", 3 * GIB, 10, 512, 9, "hw_firmware_type=uefi hw_machine_type=q35"),
    lts("ubuntu-20.04-x86_64", "ubuntu", "20.04", "ubuntu", 2 * GIB + GIB / 4, 10, 1024, 212, ""),
    lts("ubuntu-22.04-x86_64", "ubuntu", "22.04", "ubuntu", 2 * GIB + GIB / 4, 10, 1024, 44, ""),
    lts("ubuntu-24.04-x86_64", "ubuntu", "24.04", "ubuntu", 3 * GIB + GIB / 2, 10, 1024, 12, "hw_firmware_type=uefi hw_machine_type=q35"),
    linux("rocky-8-x86_64", "rocky", "8.10", "rocky", 10 * GIB, 10, 1024, 130, ""),
    linux("rocky-9-x86_64", "rocky", "9.6", "rocky", 10 * GIB, 10, 1024, 61, ""),
    linux("almalinux-8-x86_64", "almalinux", "8.10", "almalinux", 10 * GIB, 10, 1024, 141, ""),
    linux("almalinux-9-x86_64", "almalinux", "9.6", "almalinux", 10 * GIB, 10, 1024, 55, ""),
    linux("almalinux-10-x86_64", "almalinux", "10.0", "almalinux", 10 * GIB, 10, 1024, 20, "hw_firmware_type=uefi hw_machine_type=q35"),
    linux("centos-stream-9-x86_64", "centos", "9", "cloud-user", 10 * GIB, 10, 1024, 27, ""),
    linux("fedora-42-x86_64", "fedora", "42", "fedora", 5 * GIB, 10, 1024, 70, "hw_firmware_type=uefi hw_machine_type=q35"),
    linux("fedora-coreos-43-x86_64", "fedora-coreos", "43", "core", 10 * GIB, 10, 2048, 6, "img_config_drive=optional"),
    linux("flatcar-4230-x86_64", "flatcar", "4230.2.0", "core", 8 * GIB + GIB / 2, 10, 1024, 33, ""),
    linux("opensuse-leap-15.6-x86_64", "opensuse", "15.6", "opensuse", 10 * GIB, 10, 1024, 96, ""),
    linux("arch-2026.11-x86_64", "arch", "2026.11.01", "arch", 10 * GIB, 10, 512, 21, ""),
    linux("cirros-0.6.3-x86_64", "cirros", "0.6.3", "cirros", 112 << 20, 1, 64, 350, ""),
    Offer { name: "alpine-3.22-x86_64", distro: "alpinelinux", version: "3.22", user: "alpine", kind: Kind::Raw, virtual_size: 0, min_disk_gib: 1, min_ram_mib: 256, age_days: 88, more: "", tags: &["public", "linux"] },
    Offer { name: "freebsd-14.3-x86_64", distro: "freebsd", version: "14.3", user: "freebsd", kind: Kind::Qcow2, virtual_size: 6 * GIB, min_disk_gib: 10, min_ram_mib: 1024, age_days: 118, more: "", tags: &["public", "bsd"] },
    Offer { name: "pfsense-2.8-x86_64", distro: "freebsd", version: "15.0", user: "admin", kind: Kind::Qcow2, virtual_size: 8 * GIB, min_disk_gib: 10, min_ram_mib: 1024, age_days: 150, more: "hw_vif_multiqueue_enabled=true", tags: &["public", "firewall"] },
    windows("windows-server-2019-x86_64", "2019", 275, ""),
    windows("windows-server-2022-x86_64", "2022", 64, ""),
    windows("windows-server-2025-x86_64", "2025", 15, "hw_firmware_type=uefi os_secure_boot=optional hw_tpm_version=2.0 hw_tpm_model=tpm-crb"),
    Offer { name: "systemrescue-12.02-x86_64", distro: "arch", version: "12.02", user: "root", kind: Kind::Iso, virtual_size: 1_180_000_256, min_disk_gib: 0, min_ram_mib: 2048, age_days: 77, more: "hw_rescue_device=cdrom hw_rescue_bus=scsi hw_cdrom_bus=scsi", tags: &["public", "rescue"] },
    Offer { name: "debian-12-netinst-x86_64", distro: "debian", version: "12", user: "root", kind: Kind::Iso, virtual_size: 702_545_920, min_disk_gib: 0, min_ram_mib: 1024, age_days: 40, more: "hw_cdrom_bus=scsi", tags: &["public", "installer"] },
];

#[expect(clippy::too_many_arguments, reason = "a table row")]
const fn linux(
    name: &'static str,
    distro: &'static str,
    version: &'static str,
    user: &'static str,
    virtual_size: u64,
    min_disk_gib: i64,
    min_ram_mib: i64,
    age_days: i64,
    more: &'static str,
) -> Offer {
    let (kind, tags): (_, &[&str]) = (Kind::Qcow2, &["public", "linux"]);
    Offer {
        name,
        distro,
        version,
        user,
        kind,
        virtual_size,
        min_disk_gib,
        min_ram_mib,
        age_days,
        more,
        tags,
    }
}

#[expect(clippy::too_many_arguments, reason = "a table row")]
const fn lts(
    name: &'static str,
    distro: &'static str,
    version: &'static str,
    user: &'static str,
    virtual_size: u64,
    min_disk_gib: i64,
    min_ram_mib: i64,
    age_days: i64,
    more: &'static str,
) -> Offer {
    let offer =
        linux(name, distro, version, user, virtual_size, min_disk_gib, min_ram_mib, age_days, more);
    Offer { tags: &["public", "linux", "lts"], ..offer }
}

const fn windows(
    name: &'static str,
    version: &'static str,
    age_days: i64,
    more: &'static str,
) -> Offer {
    Offer {
        name,
        distro: "windows",
        version,
        user: "Administrator",
        kind: Kind::Qcow2,
        virtual_size: 40 * GIB,
        min_disk_gib: 40,
        min_ram_mib: 4096,
        age_days,
        more,
        tags: &["public", "windows"],
    }
}
