//! What an inspection told, as rows of a panel: what, value, where it was read; and the sum of it in a line. Pure.

use disk_image::report::{Boot, Layout, Os, Partition, Presence, ReadFrom, Report, System, WhyNot};

use crate::text::{findings, format, tr, tr_with};

/// How a reading is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// As it should be.
    Good,
    /// Mind this.
    Mind,
    /// Could not be read.
    Unread,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How it is to be taken.
    pub sign: Sign,
    /// What.
    pub term: &'static str,
    /// What it is.
    pub value: String,
    /// Where it was read; empty when that says nothing.
    pub place: String,
}

fn row(sign: Sign, term: &'static str, value: impl Into<String>, place: &str) -> Reading {
    Reading { sign, term, value: value.into(), place: place.to_owned() }
}

/// The rows, in the order shown.
pub fn readings(report: &Report) -> Vec<Reading> {
    let format_sign = if report.findings.is_empty() { Sign::Good } else { Sign::Mind };
    let mut format_words = findings::format(report.format).to_owned();
    if let Some(variant) = &report.variant {
        format_words.push_str(", ");
        format_words.push_str(variant);
    }
    if let Some(inner) = &report.wrapped {
        let inside = tr_with("{name} inside", &[("name", &inner.name)]);
        format_words.push_str(", ");
        format_words.push_str(&inside);
    }
    let mut rows = vec![row(format_sign, tr("Format"), format_words, tr("header"))];
    if let Some(size) = report.virtual_size_bytes {
        rows.push(row(Sign::Good, tr("Disk"), format::binary(size), tr("header")));
    }
    rows.extend(layout_row(&report.layout));
    if let Some(boot) = boot_words(report.boot) {
        rows.push(row(Sign::Good, tr("Firmware"), boot, ""));
    }
    match &report.system {
        System::Found(os) => rows.extend(system_rows(os)),
        System::Guessed { os, why } => {
            rows.extend(system_rows(os));
            rows.push(row(Sign::Unread, tr("Not read"), findings::why_not(why), ""));
        }
        System::NotTold(why) => {
            let sign = match why {
                WhyNot::Encrypted | WhyNot::Damaged(_) => Sign::Mind,
                _ => Sign::Unread,
            };
            rows.push(row(sign, tr("System"), findings::why_not(why), ""));
        }
    }
    rows
}

/// "Debian GNU/Linux 12 (bookworm) · 40 GiB disk · boots with UEFI · ready for cloud-init": the first part, then the others.
pub fn sum(report: &Report) -> (String, Vec<String>) {
    let (first, os) = match &report.system {
        System::Found(os) => (findings::system(os), Some(os)),
        System::Guessed { os, .. } if !os.distro.is_empty() => {
            (tr_with("probably {system}", &[("system", &findings::system(os))]), Some(os))
        }
        System::Guessed { .. } | System::NotTold(_) => {
            (findings::format(report.format).to_owned(), None)
        }
    };
    let mut parts = Vec::new();
    if let Some(size) = report.virtual_size_bytes {
        parts.push(tr_with("{size} disk", &[("size", &format::binary(size))]));
    }
    match (report.boot.uefi, report.boot.bios) {
        (true, true) => parts.push(tr("boots with UEFI or BIOS").into()),
        (true, false) => parts.push(tr("boots with UEFI").into()),
        (false, true) => parts.push(tr("boots with BIOS").into()),
        (false, false) => {}
    }
    if let Some((ready, _)) = os.and_then(findings::first_boot) {
        let windows = os.is_some_and(|os| os.distro.starts_with("win"));
        parts.push(match (ready, windows) {
            (true, false) => tr("ready for cloud-init").into(),
            (true, true) => tr("ready for cloudbase-init").into(),
            (false, false) => tr("without cloud-init").into(),
            (false, true) => tr("without cloudbase-init").into(),
        });
    }
    (first, parts)
}

/// A partition in a few words: "EFI system, FAT, 124 MiB".
pub fn partition(partition: &Partition) -> String {
    let kind = partition.holds.as_deref().map(findings::file_system);
    let label = partition.label.as_deref().filter(|label| !label.trim().is_empty());
    let size = format::binary(partition.size_bytes);
    let words: Vec<&str> = [label, kind, Some(size.as_str())].into_iter().flatten().collect();
    format!("{} {}", partition.number, words.join(", "))
}

fn layout_row(layout: &Layout) -> Option<Reading> {
    let count = |parts: &[Partition]| format::count(parts.len(), tr("partition"), tr("partitions"));
    let value = match layout {
        Layout::Gpt(parts) => format!("GPT, {}", count(parts)),
        Layout::Mbr(parts) => format!("MBR, {}", count(parts)),
        Layout::Bare(part) => tr_with(
            "none: {what} from the first sector on",
            &[(
                "what",
                &part.holds.as_deref().map_or(tr("one file system"), findings::file_system),
            )],
        ),
        Layout::None => tr("none").into(),
        Layout::Unreadable => return None,
    };
    let sign = if *layout == Layout::None { Sign::Mind } else { Sign::Good };
    Some(row(sign, tr("Partitions"), value, tr("first sectors")))
}

fn boot_words(boot: Boot) -> Option<&'static str> {
    match (boot.uefi, boot.bios) {
        (true, true) => Some(tr("UEFI, with a BIOS loader as well")),
        (true, false) => Some("UEFI"),
        (false, true) => Some("BIOS"),
        (false, false) => None,
    }
}

fn system_rows(os: &Os) -> Vec<Reading> {
    let mut name = findings::system(os);
    if let Some(architecture) = &os.architecture {
        name.push_str(", ");
        name.push_str(architecture);
    }
    // A name or a label is only a guess.
    let guessed = matches!(
        os.read_from,
        ReadFrom::FileName | ReadFrom::Labels | ReadFrom::VolumeId | ReadFrom::EfiFolders
    );
    let sign = if guessed { Sign::Unread } else { Sign::Good };
    let mut rows = Vec::new();
    if !os.distro.is_empty() || !os.name.is_empty() {
        rows.push(row(sign, tr("System"), name, findings::read_from(os.read_from)));
    } else if let Some(architecture) = &os.architecture {
        rows.push(row(
            Sign::Good,
            tr("Architecture"),
            architecture,
            findings::read_from(os.read_from),
        ));
    }
    if let Some((ready, mut words)) = findings::first_boot(os) {
        if let Some(user) = os.default_user.as_deref().filter(|_| ready) {
            words = tr_with("{what}, first user {user}", &[("what", &words), ("user", &user)]);
        }
        rows.push(row(if ready { Sign::Good } else { Sign::Mind }, tr("First boot"), words, ""));
    }
    match os.guest_agent {
        Presence::Yes => {
            rows.push(row(Sign::Good, tr("Guest agent"), tr("qemu-guest-agent is installed"), ""))
        }
        Presence::No => rows.push(row(
            Sign::Unread,
            tr("Guest agent"),
            tr("not installed: snapshots of a running instance are not frozen first"),
            "",
        )),
        Presence::Unknown => {}
    }
    rows
}

#[cfg(test)]
mod tests {
    use disk_image::report::Format;

    use super::*;
    use crate::pages::create::draft::tests::report;

    #[test]
    fn a_whole_disk_in_a_line_and_in_rows() {
        let mut told = report(Format::Qcow2);
        told.virtual_size_bytes = Some(40 << 30);
        told.boot = Boot { bios: true, uefi: true };
        told.layout = Layout::Gpt(vec![]);
        told.system = System::Found(Os {
            distro: "debian".into(),
            name: "Debian GNU/Linux 12 (bookworm)".into(),
            cloud_init: Presence::No,
            read_from: ReadFrom::OsRelease,
            ..Os::default()
        });
        let (first, parts) = sum(&told);
        assert_eq!(first, "Debian GNU/Linux 12 (bookworm)");
        assert_eq!(parts, ["40 GiB disk", "boots with UEFI or BIOS", "without cloud-init"]);
        let rows = readings(&told);
        let row = |term: &str| rows.iter().find(|row| row.term == term).expect(term);
        assert_eq!(row("System").place, "/etc/os-release");
        assert_eq!(row("First boot").sign, Sign::Mind);
        assert!(row("First boot").value.contains("keys and user data will not work"));
    }

    #[test]
    fn what_was_not_read_is_no_fault() {
        let mut told = report(Format::Raw);
        told.system = System::NotTold(WhyNot::FileSystem("xfs".into()));
        let rows = readings(&told);
        let system = rows.iter().find(|row| row.term == "System").expect("a row");
        assert_eq!(system.sign, Sign::Unread);
        assert!(system.value.contains("XFS"), "{}", system.value);
    }
}
