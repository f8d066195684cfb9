//! What the disk's content adds to the findings: a disk that is shorter than its partitions, or that nothing can start.

use crate::report::{Boot, Finding, Format, Layout, Trouble, Weight};

/// The format in the light of the content: a file system without a boot sector is a raw disk after all.
pub(crate) fn format(by_header: Format, layout: &Layout) -> Format {
    match (by_header, layout) {
        (Format::Unknown, Layout::Gpt(_) | Layout::Mbr(_) | Layout::Bare(_)) => Format::Raw,
        _ => by_header,
    }
}

/// What is to be said of the disk. `disk_bytes` is its size, of the file itself where it is a raw disk.
pub(crate) fn disk(
    format: Format,
    disk_bytes: Option<u64>,
    layout: &Layout,
    boot: Boot,
    findings: &mut Vec<Finding>,
) {
    let has_heavier = findings.iter().any(|found| {
        matches!(found.trouble, Trouble::Truncated(_) | Trouble::Damaged(_) | Trouble::Encrypted)
    });
    if has_heavier || matches!(format, Format::Wrapped(_) | Format::Empty) {
        return;
    }
    let mut never_boots = |trouble| findings.push(Finding { trouble, weight: Weight::NeverBoots });
    let end = match layout {
        Layout::Gpt(partitions) | Layout::Mbr(partitions) => partitions
            .iter()
            .map(|partition| partition.start_bytes.saturating_add(partition.size_bytes))
            .max(),
        Layout::Bare(_) | Layout::None | Layout::Unreadable => None,
    };
    let missing = end.zip(disk_bytes).and_then(|(end, disk)| end.checked_sub(disk));
    match (missing, layout) {
        (Some(missing @ 1..), _) => never_boots(Trouble::Truncated(Some(missing))),
        (_, Layout::Unreadable) if !matches!(format, Format::Raw | Format::Unknown) => {}
        _ if !boot.bios && !boot.uefi => never_boots(Trouble::NothingToBoot),
        _ => {}
    }
}
