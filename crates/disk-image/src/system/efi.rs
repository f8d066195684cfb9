//! The EFI partition: what can be started from it, and whose folders it has.

use crate::filesystems::fat::Fat;
use crate::guest::Part;
use crate::read::ReadError;

/// What its folders tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Efi {
    /// What the loader that a firmware without memory starts is for; `None` without such a loader.
    pub(super) loader_for: Option<&'static str>,
    /// `os_distro` by the folders of distributions, in the order of the folders.
    pub(super) distros: Vec<&'static str>,
}

/// Names of loaders by removable-media rules (UEFI 2.10, 3.5.1.1).
const LOADERS: &[(&str, &str)] = &[
    ("BOOTX64.EFI", "x86_64"),
    ("BOOTAA64.EFI", "aarch64"),
    ("BOOTRISCV64.EFI", "riscv64"),
    ("BOOTLOONGARCH64.EFI", "loongarch64"),
    ("BOOTARM.EFI", "armv7l"),
    ("BOOTIA32.EFI", "i686"),
];
/// Folders below `EFI` and whose they are.
const FOLDERS: &[(&str, &str)] = &[
    ("almalinux", "almalinux"),
    ("arch", "arch"),
    ("centos", "centos"),
    ("debian", "debian"),
    ("fedora", "fedora"),
    ("freebsd", "freebsd"),
    ("gentoo", "gentoo"),
    ("kali", "kali"),
    ("microsoft", "windows"),
    ("opensuse", "opensuse"),
    ("oracle", "ol"),
    ("redhat", "rhel"),
    ("rocky", "rocky"),
    ("sles", "sles"),
    ("sle", "sles"),
    ("ubuntu", "ubuntu"),
];

/// Reads the folders; `None` when there is no FAT file system or no folder `EFI`.
pub(super) fn read(part: Part<'_>) -> Result<Option<Efi>, ReadError> {
    let Some(fat) = Fat::open(part)? else { return Ok(None) };
    let root = fat.root()?;
    let Some(vendors) = fat.folder(&root, "EFI")? else { return Ok(None) };
    let loaders = fat.folder(&vendors, "BOOT")?.unwrap_or_default();
    let has = |name: &str| loaders.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
    let loader_for =
        LOADERS.iter().find(|(name, _)| has(name)).map(|(_, architecture)| *architecture);
    let whose = |name: &str| FOLDERS.iter().find(|(folder, _)| name.eq_ignore_ascii_case(folder));
    let distros = vendors.iter().filter_map(|entry| whose(&entry.name)).map(|(_, distro)| *distro);
    Ok(Some(Efi { loader_for, distros: distros.collect() }))
}
