//! What an inspection found, in words: what it is and what follows.
//!
//! Pure. The page decides where the words stand; whether the cloud refuses a file is `disk_image`'s to say.

use disk_image::report::{
    Format, Os, Presence, ReadFrom, TableTrouble, Trouble, Weight, WhyNot, Wrapped,
};

use super::{tr, tr_with};

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is, as a sentence.
    pub title: String,
    /// What follows from it and what to do.
    pub text: String,
}

/// A finding about a file of that format. The command that mends it is `disk_image::remedy`'s to say.
pub fn words(trouble: &Trouble, format: Format) -> Words {
    let one_file = || tr("An image is one file. Make one of all, with the others at their places.");
    let anew = || tr("Write it anew as a plain qcow2.");
    let again = || tr("It was not copied or downloaded to the end. Fetch it again.");
    let (title, text): (String, &str) = match trouble {
        Trouble::BackingFile(Some(name)) => (
            tr_with("Part of this disk lies in another file, {name}.", &[("name", name)]),
            one_file(),
        ),
        Trouble::BackingFile(None) => {
            (tr("Part of this disk lies in another file (its backing file).").into(), one_file())
        }
        Trouble::DataElsewhere(names) if names.is_empty() => (
            tr("This file only describes a disk; the data lies in another file.").into(),
            one_file(),
        ),
        Trouble::DataElsewhere(names) => (
            tr_with(
                "This file only describes a disk; the data lies in {names}.",
                &[("names", &names.join(", "))],
            ),
            one_file(),
        ),
        Trouble::Encrypted => (
            tr("The disk is encrypted.").into(),
            tr(
                "No instance can start from it: nobody would give it the passphrase. Decrypt it, with the passphrase and no line break in passphrase.txt where the command asks for that file.",
            ),
        ),
        Trouble::UnknownVersion(version) => (
            tr_with(
                "Version {version} of the format is not one that clouds know.",
                &[("version", version)],
            ),
            anew(),
        ),
        Trouble::UnknownFeatures(features) if features.is_empty() => {
            (tr("The file uses a feature of its format that clouds refuse.").into(), anew())
        }
        Trouble::UnknownFeatures(features) => (
            tr_with(
                "The file uses what clouds refuse: {features}.",
                &[("features", &features.join(", "))],
            ),
            anew(),
        ),
        Trouble::UnsupportedVariant(variant) => (
            tr_with(
                "Clouds do not take this variant of the format ({variant}).",
                &[("variant", variant)],
            ),
            anew(),
        ),
        Trouble::BannedFormat => (tr("No cloud takes this format.").into(), anew()),
        Trouble::Wrapped => {
            let (title, text) = wrapped_words(format);
            (title.into(), text)
        }
        Trouble::Truncated(Some(missing)) => (
            tr_with(
                "The end of the file is missing: {size}.",
                &[("size", &super::format::bytes(*missing))],
            ),
            again(),
        ),
        Trouble::Truncated(None) => (tr("The end of the file is missing.").into(), again()),
        Trouble::Damaged(what) => (
            tr_with("The file is damaged: {what}.", &[("what", what)]),
            tr("Fetch it again, or repair it with the program that made it."),
        ),
        Trouble::NotClean => (
            tr("The file was not closed cleanly.").into(),
            tr(
                "The machine was running when it was copied, or its program broke off. What was being written may be lost. Safer: shut the machine down and export it again; or repair the file.",
            ),
        ),
        Trouble::MarkedCorrupt => (
            tr("QEMU itself has marked the file as corrupt.").into(),
            tr("It opens it for reading only. Repair it; what was lost stays lost."),
        ),
        Trouble::Table(table) => (
            table_words(*table).into(),
            tr("As raw, clouds that inspect refuse it. As qcow2 the same disk is taken."),
        ),
        Trouble::SeveralFormats(seen) => {
            let names: Vec<&str> = seen.iter().map(|seen| seen.name()).collect();
            (
                tr_with(
                    "It looks like several formats at once: {formats}.",
                    &[("formats", &names.join(", "))],
                ),
                tr("Clouds refuse what could be read in two ways."),
            )
        }
        Trouble::SeenAsRaw => (
            tr("To a cloud this is a raw disk.").into(),
            tr(
                "A fixed VHD has its mark at the end only, so it is sent as raw; the mark stays behind the disk’s end and does no harm.",
            ),
        ),
        Trouble::NothingToBoot => (
            tr("Nothing on it can be started: no boot sector, no EFI loader.").into(),
            tr("An instance finds nothing to boot. As a data disk it serves."),
        ),
        Trouble::Empty => (tr("The file is empty.").into(), tr("There is nothing to send.")),
        Trouble::InnerSnapshots(count) => (
            tr_with("Snapshots are kept inside the file: {count}.", &[("count", count)]),
            tr("They travel along and are of no use in the cloud."),
        ),
    };
    Words { title, text: text.to_owned() }
}

fn table_words(table: TableTrouble) -> &'static str {
    match table {
        TableTrouble::BootFlag => tr("Its first sector looks like a partition table and is none."),
        TableTrouble::ProtectiveEntry => {
            tr("The entry that stands for its GPT is not where it must be.")
        }
        TableTrouble::Hybrid => {
            tr("It has two partition tables that tell different things (a hybrid MBR).")
        }
        TableTrouble::NoPartitions => tr("It has a boot sector and no partition."),
    }
}

/// The finding's weight in a word or two.
pub fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Refused => tr("The cloud refuses this file"),
        Weight::NeverBoots => tr("The cloud takes it, but it never boots"),
        Weight::Notice => tr("Worth knowing"),
    }
}

/// What a file is: "qcow2", "VMDK, only the description of a disk".
pub fn format(format: Format) -> &'static str {
    match format {
        Format::Qcow2 => "qcow2",
        Format::Vmdk => "VMDK",
        Format::VmdkDescriptor => tr("VMDK, only the description of a disk"),
        Format::Vhd => tr("VHD, dynamic"),
        Format::VhdFixed => tr("VHD, fixed"),
        Format::Vhdx => "VHDX",
        Format::Vdi => "VDI",
        Format::Qed => "QED",
        Format::Iso => tr("ISO disc"),
        Format::Luks => tr("LUKS, encrypted"),
        Format::Raw => tr("raw, the bytes of a disk"),
        Format::Wrapped(wrapped) => match wrapped {
            Wrapped::Gzip => tr("gzip, compressed"),
            Wrapped::Xz => tr("xz, compressed"),
            Wrapped::Zstd => tr("Zstandard, compressed"),
            Wrapped::Bzip2 => tr("bzip2, compressed"),
            Wrapped::Zip => tr("ZIP archive"),
            Wrapped::SevenZip => tr("7z archive"),
            Wrapped::Tar => tr("tar archive"),
            Wrapped::Ova => tr("OVA, an archive of a whole machine"),
        },
        Format::Unknown => tr("nothing known"),
        Format::Empty => tr("empty"),
    }
}

/// Why the operating system is not told, and what that means.
pub fn why_not(why: &WhyNot) -> String {
    match why {
        WhyNot::FileSystem(name) => tr_with(
            "It lies on {name}, which this console does not read. That is no fault of the disk.",
            &[("name", &file_system(name))],
        ),
        WhyNot::Encrypted => tr("It lies on an encrypted file system.").into(),
        WhyNot::Format => tr("The data of this format cannot be read in place.").into(),
        WhyNot::NoRoot => tr("No file system on it looks like a system’s root.").into(),
        WhyNot::Damaged(what) => tr_with("Reading broke off: {what}.", &[("what", what)]),
    }
}

/// A file system as people write it.
pub fn file_system(name: &str) -> &str {
    match name {
        "xfs" => "XFS",
        "btrfs" => "Btrfs",
        "lvm2" | "lvm" => "LVM",
        "luks" => "LUKS",
        "ntfs" => "NTFS",
        "vfat" | "fat" => "FAT",
        "zfs" => "ZFS",
        "ufs" => "UFS",
        other => other,
    }
}

/// Where a system was read: a place on the disk, or words.
pub fn read_from(from: ReadFrom) -> &'static str {
    match from {
        ReadFrom::OsRelease => "/etc/os-release",
        ReadFrom::WindowsRegistry => tr("Windows registry"),
        ReadFrom::WindowsFiles => tr("Windows files"),
        ReadFrom::VolumeId => tr("volume id"),
        ReadFrom::EfiFolders => tr("EFI folders"),
        ReadFrom::Labels => tr("labels"),
        ReadFrom::FileName => tr("the file’s name"),
    }
}

/// What the system is called, from however little is known.
pub fn system(os: &Os) -> String {
    if !os.name.is_empty() {
        return os.name.clone();
    }
    match &os.version {
        Some(version) => format!("{} {version}", os.distro),
        None => os.distro.clone(),
    }
}

/// Whether keys and user data will reach an instance: `None` when that could not be read.
pub fn first_boot(os: &Os) -> Option<(bool, String)> {
    let windows = os.distro.starts_with("win");
    match os.cloud_init {
        Presence::Yes if windows => Some((true, tr("cloudbase-init is installed").into())),
        Presence::Yes => Some((true, tr("cloud-init is installed").into())),
        Presence::No if windows => Some((
            false,
            tr("no cloudbase-init found: passwords and user data will not work").into(),
        )),
        Presence::No => {
            Some((false, tr("no cloud-init found: keys and user data will not work").into()))
        }
        Presence::Unknown => None,
    }
}

fn wrapped_words(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Wrapped(Wrapped::Zip | Wrapped::SevenZip | Wrapped::Tar) => (
            tr("This is an archive, not a disk."),
            tr(
                "Clouds store it but cannot boot it. Unpack it first, and choose the disk image inside:",
            ),
        ),
        Format::Wrapped(Wrapped::Ova) => (
            tr("This is an OVA, an archive around a disk."),
            tr("Take the disk out and convert it first."),
        ),
        _ => (
            tr("This file is compressed."),
            tr("Clouds store it but cannot boot it. Unpack it first."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_says_what_it_is() {
        let check = |trouble: Trouble, format: Format, part: &str| {
            let words = words(&trouble, format);
            assert!(words.title.contains(part) && !words.text.is_empty(), "{words:?}");
        };
        check(Trouble::BackingFile(Some("base.qcow2".into())), Format::Qcow2, "base.qcow2");
        check(
            Trouble::DataElsewhere(vec!["a-flat.vmdk".into()]),
            Format::VmdkDescriptor,
            "a-flat.vmdk",
        );
        check(Trouble::BannedFormat, Format::Qed, "No cloud");
        check(Trouble::Wrapped, Format::Wrapped(Wrapped::Gzip), "compressed");
        check(Trouble::Wrapped, Format::Wrapped(Wrapped::Tar), "archive");
        check(Trouble::Truncated(Some(2_000_000)), Format::Qcow2, "2 MB");
        check(Trouble::NotClean, Format::Qcow2, "closed cleanly");
        check(Trouble::Table(TableTrouble::Hybrid), Format::Raw, "hybrid");
        check(Trouble::NothingToBoot, Format::Raw, "started");
    }

    #[test]
    fn what_could_not_be_read_is_said_honestly() {
        assert!(why_not(&WhyNot::FileSystem("xfs".into())).contains("XFS"));
        let os = Os { distro: "debian".into(), cloud_init: Presence::No, ..Os::default() };
        assert!(first_boot(&os).expect("told").1.contains("keys and user data will not work"));
        assert_eq!(first_boot(&Os::default()), None);
        assert_eq!(system(&os), "debian");
    }
}
