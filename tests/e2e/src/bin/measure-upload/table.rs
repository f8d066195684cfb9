//! The figures, for people and as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::Turn;
use crate::memory::Memory;
use crate::page::Times;

/// One way for a file into the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// `curl -T` to Glance.
    Curl,
    /// `curl` with four segments at a time to Swift.
    CurlSegments,
    /// A bare `XMLHttpRequest` to Glance.
    Xhr,
    /// Four bare `XMLHttpRequest`s at a time to Swift.
    XhrSegments,
    /// Nowhere: SHA-512 of the whole, alone.
    HashWhole,
    /// Nowhere: all three hashes, alone.
    HashSegments,
    /// A bare `XMLHttpRequest` to Glance, and SHA-512 of the whole at the same time.
    XhrHashing,
    /// Four bare `XMLHttpRequest`s at a time to Swift, and all three hashes at the same time.
    XhrSegmentsHashing,
    /// The console, in one piece.
    Direct,
    /// The console, in segments, none of which is there.
    Cold,
    /// The console, in segments, half of which are there.
    Half,
    /// The console, in segments, all of which are there.
    Present,
}

impl Way {
    const ALL: [Self; 12] = [
        Self::Curl,
        Self::CurlSegments,
        Self::Xhr,
        Self::XhrSegments,
        Self::HashWhole,
        Self::HashSegments,
        Self::XhrHashing,
        Self::XhrSegmentsHashing,
        Self::Direct,
        Self::Cold,
        Self::Half,
        Self::Present,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::Curl => "curl -T to Glance",
            Self::CurlSegments => "curl, 4 segments at a time to Swift",
            Self::Xhr => "a bare XHR to Glance",
            Self::XhrSegments => "4 bare XHRs at a time to Swift",
            Self::HashWhole => "hashing alone: SHA-512",
            Self::HashSegments => "hashing alone: all three, two workers",
            Self::XhrHashing => "a bare XHR to Glance beside SHA-512",
            Self::XhrSegmentsHashing => "4 bare XHRs beside all three hashes",
            Self::Direct => "the console, in one piece",
            Self::Cold => "the console, in segments",
            Self::Half => "the same, half of them there",
            Self::Present => "the same, all of them there",
        }
    }

    /// The least share of `curl` to the same service.
    fn goal(self) -> Option<f64> {
        match self {
            Self::Direct => Some(0.9),
            Self::Cold => Some(0.8),
            _ => None,
        }
    }

    fn curl(self) -> Self {
        match self {
            Self::Curl | Self::Xhr | Self::HashWhole | Self::XhrHashing | Self::Direct => {
                Self::Curl
            }
            Self::CurlSegments
            | Self::XhrSegments
            | Self::HashSegments
            | Self::XhrSegmentsHashing
            | Self::Cold
            | Self::Half
            | Self::Present => Self::CurlSegments,
        }
    }

    /// What a page could do at most that hashes, too.
    fn bound(self) -> Self {
        match self.curl() {
            Self::Curl => Self::XhrHashing,
            _ => Self::XhrSegmentsHashing,
        }
    }
}

/// The turns of one way.
#[derive(Clone, Debug, Default)]
pub struct Row {
    sent: Vec<Turn>,
    verified: Vec<Turn>,
}

/// Everything that was measured.
pub struct Figures {
    mib: u64,
    segment_bytes: u64,
    rows: BTreeMap<Way, Row>,
    /// Of the page while it sends.
    pub memory: Option<Memory>,
    /// After `kill -9` at half of the file.
    pub resent_bytes: Option<u64>,
}

impl Figures {
    /// Nothing measured yet.
    pub fn new(mib: u64, segment_bytes: u64) -> Self {
        Self { mib, segment_bytes, rows: BTreeMap::new(), memory: None, resent_bytes: None }
    }

    /// One turn of a way that only sends.
    pub fn add(&mut self, way: Way, turn: Turn) {
        self.rows.entry(way).or_default().sent.push(turn);
    }

    /// One turn of the console.
    pub fn add_all(&mut self, way: Way, times: Times) {
        let row = self.rows.entry(way).or_default();
        row.sent.push(times.sent);
        row.verified.push(times.verified);
    }

    /// The table, and a line of JSON.
    pub fn print(&self) {
        println!(
            "{:<38} {:>8} {:>8} {:>8} {:>10} {:>10} {:>10}   goal",
            format!("{} MiB", self.mib),
            "MB/s",
            "of curl",
            "of both",
            "verified",
            "server",
            "browser"
        );
        let mut lines = serde_json::Map::new();
        for way in Way::ALL {
            let Some(sent) = self.median(way, |row| &row.sent) else { continue };
            let verified = self.median(way, |row| &row.verified);
            let rate = self.rate(sent.took);
            let share =
                |of: Way| self.median(of, |row| &row.sent).map(|of| rate / self.rate(of.took));
            let (curl, bound) = (share(way.curl()), share(way.bound()));
            let goal = way.goal().map(|goal| {
                let met = curl.is_some_and(|curl| curl >= goal);
                format!("{goal} of curl: {}", if met { "met" } else { "missed" })
            });
            // Of all cores together, over the whole time.
            let whole = verified.unwrap_or(sent);
            println!(
                "{:<38} {rate:>8.0} {:>8} {:>8} {:>10} {:>10} {:>10}   {}",
                way.words(),
                ratio(curl),
                ratio(bound),
                verified.map_or(String::new(), |turn| format!("{:.0} MB/s", self.rate(turn.took))),
                cpu(whole.server),
                cpu(whole.browser),
                goal.unwrap_or_default()
            );
            lines.insert(
                format!("{way:?}").to_lowercase(),
                json!({
                    "mb_s": rate, "of_curl": curl, "of_xhr_beside_hashing": bound, "seconds": sent.took.as_secs_f64(),
                    "verified_seconds": verified.map(|turn| turn.took.as_secs_f64()),
                    "server_cpu_seconds": whole.server.as_secs_f64(), "browser_cpu_seconds": whole.browser.as_secs_f64(),
                }),
            );
        }
        if let Some(memory) = self.memory {
            let mb = |bytes: u64| bytes as f64 / f64::from(1 << 20);
            println!(
                "memory above idle while sending {} MiB: {:.0} MiB in the page's processes (of these {:.0} wasm, {:.0} JavaScript), {:.0} MiB in the browser's others (goal: 64)",
                memory.mib,
                mb(memory.renderer_bytes),
                mb(memory.wasm_bytes),
                mb(memory.heap_bytes),
                mb(memory.others_bytes)
            );
            println!(
                "longest piece of work that held up the page: {:.0} ms (0: none over 50; goal: 50)",
                memory.longest_ms
            );
            lines.insert(
                "memory".to_owned(),
                json!({
                    "mib": memory.mib, "renderer_bytes": memory.renderer_bytes, "wasm_bytes": memory.wasm_bytes,
                    "heap_bytes": memory.heap_bytes, "others_bytes": memory.others_bytes, "longest_task_ms": memory.longest_ms,
                }),
            );
        }
        if let Some(bytes) = self.resent_bytes {
            println!(
                "sent again after kill -9 at half: {} segments of {} MiB (goal: no more than were in flight)",
                bytes / self.segment_bytes,
                self.segment_bytes >> 20
            );
            lines.insert("resent_bytes".to_owned(), json!(bytes));
        }
        println!("{}", json!({ "mib": self.mib, "upload": lines }));
    }

    fn median(&self, way: Way, of: impl Fn(&Row) -> &Vec<Turn>) -> Option<Turn> {
        let mut turns = of(self.rows.get(&way)?).clone();
        turns.sort_by_key(|turn| turn.took);
        turns.get(turns.len() / 2).copied()
    }

    fn rate(&self, took: Duration) -> f64 {
        (self.mib << 20) as f64 / 1e6 / took.as_secs_f64()
    }
}

fn ratio(share: Option<f64>) -> String {
    share.map_or(String::new(), |share| format!("{share:.2}"))
}

fn cpu(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
