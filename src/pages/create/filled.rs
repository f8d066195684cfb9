//! What a chosen file fills into the form: name, format, smallest disk, system, firmware. Pure.
//!
//! It fills what the user has not: an entry takes the file's value while it is empty or still holds what a file put there.

use std::collections::BTreeMap;

use disk_image::report::{Format, Presence, Report, System};

use super::entry::Entry;
use crate::components::systems;

/// What a file says, entry by entry.
pub type Filled = BTreeMap<Entry, String>;

const GIB: u64 = 1 << 30;

/// What the file's name alone says: enough until it has been read.
pub fn from_name(file: &str) -> Filled {
    Filled::from([(Entry::Name, name_from(file))])
}

/// What the file and its name say.
pub fn from_report(file: &str, report: &Report) -> Filled {
    let mut filled = from_name(file);
    let mut say = |entry, value: String| filled.insert(entry, value);
    if let Some(format) = report.format.disk_format() {
        say(Entry::DiskFormat, format.to_owned());
    } else if report.format == Format::Unknown {
        say(Entry::DiskFormat, ending_format(file).to_owned());
    }
    if let Some(gib) = smallest_disk_gib(report) {
        say(Entry::MinDisk, gib.to_string());
    }
    match (report.boot.uefi, report.boot.bios) {
        (true, false) => say(Entry::Firmware, "uefi".into()),
        (false, true) => say(Entry::Firmware, "bios".into()),
        // Both or neither: the cloud's own default serves.
        _ => None,
    };
    if let System::Found(os) | System::Guessed { os, .. } = &report.system {
        let distro = systems::canonical(&os.distro);
        if !distro.is_empty() {
            let family = if distro == "windows" { "windows" } else { "linux" };
            if !distro.ends_with("bsd") && !distro.ends_with("sense") {
                say(Entry::OsType, family.into());
            }
            say(Entry::Distro, distro);
        }
        let texts = [
            (Entry::Version, &os.version),
            (Entry::Architecture, &os.architecture),
            (Entry::AdminUser, &os.default_user),
        ];
        for (entry, text) in texts {
            if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
                say(entry, text.clone());
            }
        }
        if os.guest_agent == Presence::Yes {
            say(Entry::GuestAgent, "yes".into());
        }
    }
    filled
}

/// Whether what a file put into an entry was read from it, and not made up from its name.
pub fn is_reading(entry: Entry, report: Option<&Report>) -> bool {
    match entry {
        Entry::Name => false,
        Entry::DiskFormat => report.is_none_or(|report| report.format.disk_format().is_some()),
        _ => true,
    }
}

/// What an entry holds after another file was read: the user's own stays.
pub fn settle(now: &str, start: &str, old: Option<&String>, new: Option<&String>) -> String {
    let untouched = now.is_empty() || now == start || old.is_some_and(|old| old == now);
    match new {
        Some(new) if untouched => new.clone(),
        // What the file before had said does not hold for this one.
        None if untouched && old.is_some() => start.to_owned(),
        _ => now.to_owned(),
    }
}

/// A name for the image, from the file's: without folders and endings.
pub fn name_from(file: &str) -> String {
    let mut name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    for ending in [".qcow2", ".img", ".raw", ".vmdk", ".vhd", ".vhdx", ".vdi", ".iso"] {
        let cut = name.len().saturating_sub(ending.len());
        if cut > 0 && name.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case(ending)) {
            name = name.get(..cut).unwrap_or(name);
            break;
        }
    }
    name.to_owned()
}

/// The format that a file's name promises, else raw.
fn ending_format(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    ["qcow2", "vmdk", "vhd", "vhdx", "vdi", "iso"]
        .into_iter()
        .find(|format| *format == ending)
        .unwrap_or("raw")
}

/// The smallest disk that the image fits on; a disc is no disk to be unpacked.
pub fn smallest_disk_gib(report: &Report) -> Option<u64> {
    match report.format {
        Format::Iso | Format::Wrapped(_) | Format::Unknown | Format::Empty => None,
        _ => Some(report.smallest_disk_bytes().div_ceil(GIB)),
    }
}

#[cfg(test)]
mod tests {
    use disk_image::report::{Boot, Os};

    use super::*;
    use crate::pages::create::draft::tests::report;

    #[test]
    fn names_and_formats_from_files() {
        let check = |file: &str, name: &str, format: &str| {
            let filled = from_report(file, &report(Format::Unknown));
            assert_eq!(
                (filled[&Entry::Name].as_str(), filled[&Entry::DiskFormat].as_str()),
                (name, format),
                "{file}"
            );
        };
        check("debian-12.qcow2", "debian-12", "qcow2");
        check("C:\\x\\Win.VHDX", "Win", "vhdx");
        check(".img", ".img", "raw");
        check("åäö", "åäö", "raw");
        assert_eq!(from_report("a.img", &report(Format::Vhdx))[&Entry::DiskFormat], "vhdx");
    }

    #[test]
    fn the_disk_fills_what_it_tells() {
        let mut told = report(Format::Qcow2);
        told.virtual_size_bytes = Some(2 * GIB + 1);
        told.boot = Boot { bios: false, uefi: true };
        told.system = System::Found(Os {
            distro: "alpine".into(),
            version: Some("3.22".into()),
            guest_agent: Presence::Yes,
            default_user: Some("alpine".into()),
            ..Os::default()
        });
        let filled = from_report("x.qcow2", &told);
        let value = |entry| filled.get(&entry).map(String::as_str);
        assert_eq!(value(Entry::MinDisk), Some("3"));
        assert_eq!(value(Entry::Distro), Some("alpinelinux"));
        assert_eq!(value(Entry::Firmware), Some("uefi"));
        assert_eq!(value(Entry::GuestAgent), Some("yes"));
        assert_eq!(value(Entry::OsType), Some("linux"));
        assert_eq!(value(Entry::Architecture), None);
        told.boot.bios = true;
        assert_eq!(from_report("x", &told).get(&Entry::Firmware), None);
    }

    #[test]
    fn what_the_user_typed_stays() {
        let (a, b) = ("debian".to_owned(), "ubuntu".to_owned());
        let check = |now: &str, old: Option<&String>, new: Option<&String>, expected: &str| {
            assert_eq!(settle(now, "", old, new), expected, "{now} {old:?} {new:?}");
        };
        check("", None, Some(&a), "debian");
        check("debian", Some(&a), Some(&b), "ubuntu");
        check("debian", Some(&a), None, "");
        check("mine", Some(&a), Some(&b), "mine");
        check("mine", None, None, "mine");
        assert_eq!(settle("x86_64", "x86_64", None, Some(&"aarch64".to_owned())), "aarch64");
        assert_eq!(settle("aarch64", "x86_64", Some(&"aarch64".to_owned()), None), "x86_64");
    }
}
