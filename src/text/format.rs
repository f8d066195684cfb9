//! Figures as people read them: "19.9 GB", "40 GiB", "4 min ago", "3 min 24 s"; in Swedish "19,9 GB", "för 4 min sedan".
//!
//! Pure but for the language spoken, which `language` knows: the time of day and the user's offset from UTC come in as
//! arguments (`crate::clock` has them). The examples at the functions are the English ones.

use openstack::Timestamp;
use openstack::time::{Civil, Offset};

use super::language::{Language, spoken, tr, tr_with};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// As the Swedish language council shortens them: with a point where letters are left out.
const MONTHS_SWEDISH: [&str; 12] =
    ["jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."];
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "No value yet".
pub const NONE: &str = "–";

/// A file's size in decimal units: "512 B", "21.7 MB", "434 MB", "1.1 GB".
pub fn bytes(size_bytes: u64) -> String {
    scaled(size_bytes, 1000, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// A disk's or a memory's size given in bytes: "512 MiB", "40 GiB".
pub fn binary(size_bytes: u64) -> String {
    scaled(size_bytes, 1024, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
}

/// Memory as Nova and Glance give it: 2048 is "2 GiB", 512 is "512 MiB".
pub fn ram(ram_mib: u64) -> String {
    binary(ram_mib.saturating_mul(1024 * 1024))
}

/// A disk as Nova, Glance and Cinder give it.
pub fn disk(disk_gib: u64) -> String {
    format!("{} GiB", thousands(disk_gib))
}

/// "40 / 2 GiB", "20 GiB", or `None` when an image asks for nothing.
pub fn needs(disk_gib: u64, ram_mib: u64) -> Option<String> {
    match (disk_gib, ram_mib) {
        (0, 0) => None,
        (gib, 0) => Some(disk(gib)),
        (0, mib) => Some(format!("{} RAM", ram(mib))),
        (gib, mib) if mib % 1024 == 0 => Some(format!("{gib} / {} GiB", mib / 1024)),
        (gib, mib) => Some(format!("{} / {}", disk(gib), ram(mib))),
    }
}

/// "38.2 MB/s".
pub fn rate(bytes_per_second: f64) -> String {
    format!("{}/s", bytes(whole(bytes_per_second)))
}

/// "61 %": rounded down, so that 100 % is said only when it is all.
pub fn percent(share: f64) -> String {
    format!("{} %", whole(share.clamp(0.0, 1.0) * 100.0))
}

/// "41 s", "3 min 24 s", "2 h 5 min", "3 d 4 h".
pub fn duration(seconds: u64) -> String {
    let (minute, hour, day) = (MINUTE.unsigned_abs(), HOUR.unsigned_abs(), DAY.unsigned_abs());
    let pair = |big: u64, unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{big} {unit}"),
        small => format!("{big} {unit} {small} {small_unit}"),
    };
    match seconds {
        s if s < minute => format!("{s} {}", tr("s")),
        s if s < hour => pair(s / minute, tr("min"), s % minute, tr("s")),
        s if s < day => pair(s / hour, tr("h"), s % hour / minute, tr("min")),
        s => pair(s / day, tr("d"), s % day / hour, tr("h")),
    }
}

/// "1 image", "2 images", "10,000 images": the words in English, both of them keys of the catalogues.
pub fn count(number: usize, one: &'static str, many: &'static str) -> String {
    let words = if number == 1 { tr(one) } else { tr(many) };
    format!("{} {words}", thousands(number as u64))
}

/// "19,884,113,920".
pub fn thousands(number: u64) -> String {
    let separator = match spoken() {
        Language::English => ',',
        // A narrow space at which no line breaks.
        Language::Swedish => '\u{202f}',
    };
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// What stands before the decimals: "." or ",".
pub fn decimal_mark() -> char {
    match spoken() {
        Language::English => '.',
        Language::Swedish => ',',
    }
}

/// "just now", "4 min ago", "2 h ago"; beyond a day the date, with the year when it is not this one.
pub fn ago(then: Timestamp, now: Timestamp, offset: Offset) -> String {
    let seconds = now.as_second() - then.as_second();
    match seconds {
        // Clocks of cloud and browser differ by a few seconds.
        s if s < -2 * MINUTE => moment(then, offset),
        s if s < MINUTE => tr("just now").to_owned(),
        s if s < HOUR => tr_with("{minutes} min ago", &[("minutes", &(s / MINUTE))]),
        s if s < DAY => tr_with("{hours} h ago", &[("hours", &(s / HOUR))]),
        _ => date(then, now, offset),
    }
}

/// How old data is: "now", "12 s ago", "4 min ago".
pub fn age(then: Timestamp, now: Timestamp) -> String {
    match now.as_second() - then.as_second() {
        s if s < 2 => tr("now").to_owned(),
        s if s < MINUTE => tr_with("{seconds} s ago", &[("seconds", &s)]),
        s if s < HOUR => tr_with("{minutes} min ago", &[("minutes", &(s / MINUTE))]),
        s => tr_with("{hours} h ago", &[("hours", &(s / HOUR))]),
    }
}

/// "20 Nov", or "3 Oct 2025" in another year.
pub fn date(then: Timestamp, now: Timestamp, offset: Offset) -> String {
    let (then, this_year) = (then.at(offset), now.at(offset).year);
    let day_month = format!("{} {}", then.day, month(then));
    if then.year == this_year { day_month } else { format!("{day_month} {}", then.year) }
}

/// "21:40"; the sentence around it says "kl." in Swedish.
pub fn time_of_day(then: Timestamp, offset: Offset) -> String {
    let then = then.at(offset);
    format!("{:02}:{:02}", then.hour, then.minute)
}

/// "22 Nov 2026, 21:40:05"; "22 nov. 2026 21:40:05" in Swedish.
pub fn moment(then: Timestamp, offset: Offset) -> String {
    let then = then.at(offset);
    let Civil { year, day, hour, minute, second, .. } = then;
    let comma = if spoken() == Language::Swedish { "" } else { "," };
    format!("{day} {} {year}{comma} {hour:02}:{minute:02}:{second:02}", month(then))
}

fn month(date: Civil) -> &'static str {
    let names = match spoken() {
        Language::English => &MONTHS,
        Language::Swedish => &MONTHS_SWEDISH,
    };
    names.get(usize::from(date.month).wrapping_sub(1)).copied().unwrap_or_default()
}

/// Three digits at most before the unit changes, one decimal below 100 where it is not zero.
fn scaled(size: u64, step: u64, units: &[&str]) -> String {
    let mut unit = 0;
    let mut divisor = 1_u64;
    while size / divisor >= step && unit + 1 < units.len() {
        divisor = divisor.saturating_mul(step);
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    let tenths = (u128::from(size) * 10 + u128::from(divisor) / 2) / u128::from(divisor);
    // 999.5 MB rounds to 1000: say it in the next unit.
    if tenths + 5 >= u128::from(step) * 10 && unit + 1 < units.len() {
        return format!("1 {}", units.get(unit + 1).copied().unwrap_or_default());
    }
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {name}"),
        (whole, _) if whole >= 100 => format!("{} {name}", (tenths + 5) / 10),
        (whole, tenth) => format!("{whole}{}{tenth} {name}", decimal_mark()),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped to what fits.
fn whole(number: f64) -> u64 {
    if number.is_finite() { number.max(0.0).floor() as u64 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::language::{Catalogue, speak};
    use super::*;

    /// Each test has a thread, and with it a language, of its own.
    fn in_swedish() {
        let words: Catalogue =
            serde_json::from_str(include_str!("../../public/locales/sv.json")).unwrap();
        assert!(speak(Language::Swedish, words));
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn sizes() {
        let check = |size: u64, expected: &str| assert_eq!(bytes(size), expected, "{size}");
        check(0, "0 B");
        check(999, "999 B");
        check(1_000, "1 kB");
        check(21_692_416, "21.7 MB");
        check(434_000_000, "434 MB");
        check(434_560_000, "435 MB");
        check(999_400_000, "999 MB");
        check(999_500_000, "1 GB");
        check(999_960_000, "1 GB");
        check(1_100_000_000, "1.1 GB");
        check(19_884_113_920, "19.9 GB");
        check(u64::MAX, "18447 PB");
        assert_eq!(ram(2048), "2 GiB");
        assert_eq!(ram(512), "512 MiB");
        assert_eq!(ram(1536), "1.5 GiB");
        assert_eq!(needs(40, 2048).as_deref(), Some("40 / 2 GiB"));
        assert_eq!(needs(1, 512).as_deref(), Some("1 GiB / 512 MiB"));
        assert_eq!(needs(20, 0).as_deref(), Some("20 GiB"));
        assert_eq!(needs(0, 0), None);
        assert_eq!(rate(38_200_000.0), "38.2 MB/s");
        assert_eq!(rate(f64::NAN), "0 B/s");
    }

    #[test]
    fn counts_and_shares() {
        assert_eq!(count(1, "image", "images"), "1 image");
        assert_eq!(count(10_000, "image", "images"), "10,000 images");
        assert_eq!(thousands(19_884_113_920), "19,884,113,920");
        assert_eq!(percent(0.999), "99 %");
        assert_eq!(percent(1.0), "100 %");
    }

    #[test]
    fn durations() {
        let check = |seconds: u64, expected: &str| assert_eq!(duration(seconds), expected);
        check(0, "0 s");
        check(204, "3 min 24 s");
        check(300, "5 min");
        check(7500, "2 h 5 min");
        check(90_000, "1 d 1 h");
    }

    #[test]
    fn moments() {
        let now = at("2026-11-22T21:40:05Z");
        let check = |then: &str, expected: &str| {
            assert_eq!(ago(at(then), now, Offset::UTC), expected, "{then}")
        };
        check("2026-11-22T21:40:00Z", "just now");
        check("2026-11-22T21:41:00Z", "just now");
        check("2026-11-22T21:36:00Z", "4 min ago");
        check("2026-11-22T19:36:00Z", "2 h ago");
        check("2026-11-20T19:36:00Z", "20 Nov");
        check("2025-10-03T19:36:00Z", "3 Oct 2025");
        check("2026-11-23T00:00:00Z", "23 Nov 2026, 00:00:00");
        let stockholm = Offset::from_seconds(3600);
        assert_eq!(time_of_day(now, stockholm), "22:40");
        assert_eq!(moment(now, Offset::UTC), "22 Nov 2026, 21:40:05");
        assert_eq!(age(at("2026-11-22T21:39:53Z"), now), "12 s ago");
    }

    #[test]
    fn swedish_figures_have_a_comma_and_narrow_spaces() {
        in_swedish();
        assert_eq!(bytes(19_884_113_920), "19,9 GB");
        assert_eq!(ram(1536), "1,5 GiB");
        assert_eq!(disk(2000), "2\u{202f}000 GiB");
        assert_eq!(rate(38_200_000.0), "38,2 MB/s");
        assert_eq!(thousands(19_884_113_920), "19\u{202f}884\u{202f}113\u{202f}920");
        assert_eq!(count(1, "image", "images"), "1 avbild");
        assert_eq!(count(10_000, "image", "images"), "10\u{202f}000 avbilder");
        assert_eq!(duration(7500), "2 tim 5 min");
        assert_eq!(duration(90_000), "1 d 1 tim");
    }

    #[test]
    fn swedish_moments() {
        in_swedish();
        let now = at("2026-11-22T21:40:05Z");
        let check = |then: &str, expected: &str| {
            assert_eq!(ago(at(then), now, Offset::UTC), expected, "{then}")
        };
        check("2026-11-22T21:40:00Z", "nyss");
        check("2026-11-22T21:36:00Z", "för 4 min sedan");
        check("2026-11-22T19:36:00Z", "för 2 tim sedan");
        check("2026-11-20T19:36:00Z", "20 nov.");
        check("2026-05-20T19:36:00Z", "20 maj");
        check("2025-10-03T19:36:00Z", "3 okt. 2025");
        assert_eq!(moment(now, Offset::UTC), "22 nov. 2026 21:40:05");
        assert_eq!(age(at("2026-11-22T21:39:53Z"), now), "för 12 s sedan");
    }
}
