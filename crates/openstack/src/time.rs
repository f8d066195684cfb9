//! Moments as the cloud writes them, and what a calendar and a clock on the wall say then.
//!
//! The few functions that the client and the console need, in a hundred lines: a library for dates costs the page 100 kB
//! of wasm. It deliberately knows no time zones, only an offset that the browser tells, and no leap seconds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

/// A moment, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    micros: i64,
}

/// How far a place's clocks are ahead of UTC, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(i32);

impl Offset {
    /// None.
    pub const UTC: Self = Self(0);

    /// So many seconds east of Greenwich.
    pub const fn from_seconds(seconds: i32) -> Self {
        Self(seconds)
    }
}

/// What a calendar and a clock show. Months and days count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the documentation.
pub struct Civil {
    pub year: i64,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

impl Timestamp {
    /// 1970.
    pub const UNIX_EPOCH: Self = Self { micros: 0 };
    /// Later than all others.
    pub const MAX: Self = Self { micros: i64::MAX };

    /// So many milliseconds after 1970; the nearest one that there is.
    pub const fn from_millisecond(millis: i64) -> Self {
        Self { micros: millis.saturating_mul(1000) }
    }

    /// Whole seconds after 1970, rounded down.
    pub const fn as_second(self) -> i64 {
        self.micros.div_euclid(SECOND)
    }

    /// Whole milliseconds after 1970, rounded down.
    pub const fn as_millisecond(self) -> i64 {
        self.micros.div_euclid(1000)
    }

    /// How much later this is; nothing when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(
            u64::try_from(self.micros.saturating_sub(earlier.micros)).unwrap_or(0),
        )
    }

    /// That much later.
    pub fn after(self, wait: Duration) -> Self {
        let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
        Self { micros: self.micros.saturating_add(wait) }
    }

    /// The same without the fraction of its second, as some of the services compare times.
    pub const fn whole_second(self) -> Self {
        Self { micros: self.micros - self.micros.rem_euclid(SECOND) }
    }

    /// What calendar and clock show at a place.
    pub fn at(self, offset: Offset) -> Civil {
        let seconds = self.as_second().saturating_add(i64::from(offset.0));
        let (year, month, day) = date_of(seconds.div_euclid(DAY_SECONDS));
        let of_day = seconds.rem_euclid(DAY_SECONDS);
        Civil {
            year,
            month,
            day,
            hour: small(of_day / 3600),
            minute: small(of_day / 60 % 60),
            second: small(of_day % 60),
        }
    }
}

/// RFC 3339 in UTC: `2026-11-22T17:56:57Z`, with a fraction when there is one.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second } = self.at(Offset::UTC);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match self.micros.rem_euclid(SECOND) {
            0 => {}
            fraction => write!(f, ".{}", format!("{fraction:06}").trim_end_matches('0'))?,
        }
        f.write_str("Z")
    }
}

/// It is no time in a form that OpenStack writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTime;

impl fmt::Display for NoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no time of the form 2026-11-22T17:56:57Z")
    }
}

impl std::error::Error for NoTime {}

/// `2026-11-22T17:56:57Z`, with fractions, with an offset, or (Nova, Cinder) without any zone, which means UTC.
impl FromStr for Timestamp {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        parse(text).ok_or(NoTime)
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    eat(&mut rest, "-")?;
    let month = digits(&mut rest, 2).filter(|month| (1..=12).contains(month))?;
    eat(&mut rest, "-")?;
    let day = digits(&mut rest, 2).filter(|day| (1..=31).contains(day))?;
    eat(&mut rest, "T").or_else(|| eat(&mut rest, "t")).or_else(|| eat(&mut rest, " "))?;
    let hour = digits(&mut rest, 2).filter(|hour| *hour < 24)?;
    eat(&mut rest, ":")?;
    let minute = digits(&mut rest, 2).filter(|minute| *minute < 60)?;
    eat(&mut rest, ":")?;
    let second = digits(&mut rest, 2).filter(|second| *second <= 60)?;
    let micros = match eat(&mut rest, ".") {
        Some(()) => fraction(&mut rest)?,
        None => 0,
    };
    let offset_seconds = offset(rest)?;
    let days = days_to(year, month, day);
    // The day must be one of its month: the 30th of February comes back as another.
    let (_, back, _) = date_of(days);
    if i64::from(back) != month {
        return None;
    }
    let seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset_seconds;
    Some(Timestamp { micros: seconds * SECOND + micros })
}

/// The zone at the end: nothing, `Z`, `+01:00`, `+0100`, `+01`.
fn offset(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.chars().next() {
        None => return Some(0),
        Some('Z' | 'z') => return (text.len() == 1).then_some(0),
        Some('+') => (1, text.get(1..)?),
        Some('-') => (-1, text.get(1..)?),
        Some(_) => return None,
    };
    let hours = digits(&mut rest, 2)?;
    // With or without the colon.
    let _colon: Option<()> = eat(&mut rest, ":");
    let minutes = if rest.is_empty() { 0 } else { digits(&mut rest, 2)? };
    rest.is_empty().then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(rest: &mut &str, count: usize) -> Option<i64> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    head.bytes().all(|byte| byte.is_ascii_digit()).then(|| head.parse().ok())?
}

fn eat(rest: &mut &str, mark: &str) -> Option<()> {
    *rest = rest.strip_prefix(mark)?;
    Some(())
}

/// Microseconds; what is finer is cut off.
fn fraction(rest: &mut &str) -> Option<i64> {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (head, tail) = rest.split_at_checked(end)?;
    *rest = tail;
    let six: String = head.chars().chain("000000".chars()).take(6).collect();
    if head.is_empty() { None } else { six.parse().ok() }
}

/// Days after 1970 of a date (H. Hinnant, "chrono-compatible low-level date algorithms": eras of 400 years, years that
/// begin in March so that the odd day is the last).
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The same backwards: year, month, day.
fn date_of(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = days.div_euclid(146_097) * 400 + year_of_era + i64::from(month <= 2);
    (year, small(month), small(day))
}

/// Below 256 by what it is a part of.
fn small(part: i64) -> u8 {
    u8::try_from(part).unwrap_or_default()
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_the_services_are_read() {
        let check = |text: &str, expected: Option<&str>| {
            let read = text.parse::<Timestamp>().ok().map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("2026-11-22T17:56:57Z", Some("2026-11-22T17:56:57Z"));
        check("2026-11-22T17:56:57.000000", Some("2026-11-22T17:56:57Z"));
        check("2026-11-22T17:56:57.120400Z", Some("2026-11-22T17:56:57.1204Z"));
        check("2026-11-22 17:56:57.123456789", Some("2026-11-22T17:56:57.123456Z"));
        check("2026-11-22T17:56:57+01:00", Some("2026-11-22T16:56:57Z"));
        check("2026-01-01T00:30:00+0130", Some("2025-12-31T23:00:00Z"));
        check("2026-11-22T17:56:57-07", Some("2026-11-23T00:56:57Z"));
        check("2024-02-29T00:00:00Z", Some("2024-02-29T00:00:00Z"));
        check("1969-12-31T23:59:59.5Z", Some("1969-12-31T23:59:59.5Z"));
        for wrong in [
            "",
            "now",
            "2026-11-22",
            "2026-13-22T17:56:57Z",
            "2025-02-29T00:00:00Z",
            "2026-11-22T24:56:57Z",
            "2026-11-22T17:56:57.Z",
            "2026-11-22T17:56:57Zulu",
            "2026-11-22T17:56:57+1",
            "+026-11-22T17:56:57Z",
            "２026-11-22T17:56:57Z",
        ] {
            check(wrong, None);
        }
    }

    /// Against a library for dates, over four centuries in steps that meet every hour of the day.
    #[test]
    fn the_calendar_is_right() {
        let (first, last) = (-4_733_510_400_i64, 7_889_238_000);
        for second in (first..last).step_by(86_400 * 3 + 3_601) {
            let ours = Timestamp::from_millisecond(second * 1000);
            let theirs = jiff::Timestamp::from_second(second).unwrap();
            assert_eq!(ours.to_string(), theirs.to_string());
            assert_eq!(theirs.to_string().parse(), Ok(ours));
        }
    }

    #[test]
    fn the_clock_on_the_wall_is_the_offsets() {
        let time: Timestamp = "2026-12-31T23:10:05Z".parse().unwrap();
        let there = time.at(Offset::from_seconds(3600));
        assert_eq!(there, Civil { year: 2027, month: 1, day: 1, hour: 0, minute: 10, second: 5 });
        assert_eq!(time.at(Offset::from_seconds(-3600)).hour, 22);
    }

    #[test]
    fn moments_are_counted_with() {
        let time: Timestamp = "2026-11-22T17:56:57.75Z".parse().unwrap();
        assert_eq!(time.whole_second().to_string(), "2026-11-22T17:56:57Z");
        assert_eq!(time.since(time.whole_second()), Duration::from_millis(750));
        assert_eq!(time.whole_second().since(time), Duration::ZERO);
        assert_eq!(time.whole_second().after(Duration::from_millis(750)), time);
        assert_eq!(Timestamp::from_millisecond(-1).as_second(), -1);
        assert!(Timestamp::MAX > time && Timestamp::MAX.after(Duration::MAX) == Timestamp::MAX);
    }
}
