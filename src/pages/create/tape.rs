//! A disk drawn to scale: where its partitions lie. The geometry is pure; the drawing is SVG with `x` and `width`, as the
//! Content-Security-Policy forbids inline styles.

use disk_image::report::{Layout, Partition, Report};
use leptos::prelude::*;

use super::readings::partition;
use crate::text::{format, tr, tr_with};

/// The drawing is so wide.
const WIDE: u64 = 1000;
/// No part is narrower, or it could not be seen.
const NARROWEST: u64 = 4;

/// One part of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// From where, of 1000.
    pub x: u64,
    /// How wide, of 1000.
    pub width: u64,
    /// Its kind, as the style sheet names it.
    pub kind: &'static str,
    /// In words.
    pub words: String,
}

/// The parts of a disk, in order; empty where nothing is to be drawn.
pub fn parts(report: &Report) -> Vec<Part> {
    let mut list: Vec<&Partition> = match &report.layout {
        Layout::Gpt(list) | Layout::Mbr(list) => list.iter().collect(),
        Layout::Bare(one) => vec![one],
        Layout::None | Layout::Unreadable => Vec::new(),
    };
    list.sort_by_key(|partition| partition.start_bytes);
    let ends = list.iter().map(|part| part.start_bytes.saturating_add(part.size_bytes)).max();
    let disk = report.virtual_size_bytes.max(ends).unwrap_or(report.file_size_bytes).max(1);
    let scale = |bytes: u64| {
        u64::try_from(u128::from(bytes) * u128::from(WIDE) / u128::from(disk)).unwrap_or(WIDE)
    };
    let mut free_from = 0;
    let mut drawn = Vec::with_capacity(list.len());
    for part in list {
        let x = scale(part.start_bytes).max(free_from).min(WIDE - NARROWEST);
        let end = scale(part.start_bytes.saturating_add(part.size_bytes)).max(x + NARROWEST);
        let end = end.min(WIDE);
        drawn.push(Part { x, width: end - x, kind: kind(part), words: partition(part) });
        free_from = end;
    }
    drawn
}

/// What a part is to the one who starts the disk.
fn kind(part: &Partition) -> &'static str {
    match part.holds.as_deref() {
        Some("swap") => "zero",
        Some("vfat" | "fat" | "bios-boot" | "biosboot") | None => "system",
        Some(_) => "data",
    }
}

/// The drawing, with its key below.
pub fn tape(report: &Report) -> Option<AnyView> {
    let parts = parts(report);
    if parts.is_empty() {
        return None;
    }
    let disk = report.virtual_size_bytes.unwrap_or(report.file_size_bytes);
    let all: Vec<&str> = parts.iter().map(|part| part.words.as_str()).collect();
    let label = tr_with(
        "Disk of {size}: {parts}",
        &[("size", &format::binary(disk)), ("parts", &all.join("; "))],
    );
    let key = parts.clone();
    let bars = parts.into_iter().map(|part| {
        let (y, height) = if part.kind == "zero" { ("3", "4") } else { ("0", "10") };
        // A hair's breadth of the ground between neighbours.
        let width = format!("{}.4", part.width.saturating_sub(1));
        view! { <rect class="tape__part" data-part=part.kind x=part.x.to_string() y=y width=width height=height /> }
    });
    Some(
        view! {
            <svg class="tape tape--l" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=label>
                {bars.collect_view()}
            </svg>
            <div class="key">
                {key.into_iter().map(|part| view! {
                    <span class="key__item" data-part=part.kind>{part.words}</span>
                }).collect_view()}
                <span class="key__item">{tr("Not divided")}</span>
            </div>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use disk_image::report::Format;

    use super::*;
    use crate::pages::create::draft::tests::report;

    fn part(number: u32, start_bytes: u64, size_bytes: u64, holds: Option<&str>) -> Partition {
        Partition { number, start_bytes, size_bytes, holds: holds.map(str::to_owned), label: None }
    }

    #[test]
    fn parts_are_to_scale_and_the_smallest_can_be_seen() {
        let mut told = report(Format::Raw);
        told.virtual_size_bytes = Some(1000 << 20);
        told.layout = Layout::Gpt(vec![
            part(1, 500 << 20, 250 << 20, Some("ext4")),
            part(15, 1 << 20, 1 << 20, Some("vfat")),
            part(2, 750 << 20, 250 << 20, Some("swap")),
        ]);
        let drawn: Vec<(u64, u64, &str)> =
            parts(&told).iter().map(|part| (part.x, part.width, part.kind)).collect();
        assert_eq!(drawn, [(1, 4, "system"), (500, 250, "data"), (750, 250, "zero")]);
    }

    #[test]
    fn parts_that_overlap_or_reach_beyond_stay_inside() {
        let mut told = report(Format::Raw);
        told.virtual_size_bytes = Some(100);
        told.layout = Layout::Mbr(vec![part(1, 0, u64::MAX, None), part(2, u64::MAX - 1, 5, None)]);
        for part in parts(&told) {
            assert!(part.x + part.width <= WIDE && part.width > 0, "{part:?}");
        }
    }
}
