//! Every request that the samples of a real cloud were recorded with is made of devcloud as well, by
//! the same programs (`tests/openstack/lib/record_*.py`), and the answers are compared call by call:
//! status, headers, keys, JSON types, and the words of refusals. What differs stands with its reason
//! in the table of `docs/devcloud.md`; a difference that is not there fails, and so does a row
//! that nothing matches any more.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use crate::support::Cloud;
use crate::support::contract::{Sample, repository};
use serde_json::json;

/// The origin that the recorded requests come from.
const ORIGIN: &str = "http://localhost:8080";

/// Where the recorded cloud's services are, and devcloud's.
const SERVICES: [(&str, &str, &str); 6] = [
    ("identity", "/identity", "http://127.0.0.1:5000"),
    ("image", "/image", "http://127.0.0.1:9292"),
    ("compute", "/compute", "http://127.0.0.1:8774"),
    ("network", "/networking", "http://127.0.0.1:9696"),
    ("block-storage", "/volume", "http://127.0.0.1:8776"),
    ("object-store", "/object-store", "http://127.0.0.1:8880"),
];

/// A row of the table in `docs/devcloud.md`. In the first two, `*` stands for anything.
struct Row {
    answers: String,
    difference: String,
    reason: String,
}

impl Row {
    fn is_of(&self, sample: &str) -> bool {
        self.answers.split(", ").any(|pattern| matches(pattern, sample))
    }
}

/// Whether `*` in the pattern can stand for something that makes it the text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| matches(after, &rest[at..]))
        }),
    }
}

/// The table below the heading that says so.
fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(repository("docs/devcloud.md")).unwrap();
    let (_, below) = text.split_once("## Where its answers differ").expect("the heading is there");
    let section = below.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = cells.filter(|line| line.starts_with('`')).map(|line| {
        let parts: Vec<&str> = line.splitn(3, " | ").collect();
        let [answers, difference, reason] = parts[..] else { panic!("no row of three: {line}") };
        let bare = |cell: &str| cell.replace('`', "");
        Row {
            answers: bare(answers),
            difference: difference.trim_matches('`').to_owned(),
            reason: reason.to_owned(),
        }
    });
    rows.collect()
}

/// A port that is free, for what must know it before it listens.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Plays one recorder on a devcloud of its own and leaves the samples in `into`.
async fn record(topic: &'static str, into: &Path) {
    let port = free_port();
    let cloud = Cloud::with(|options| {
        options.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        options.pace = 0.2;
        options.cors_origin = Some(ORIGIN.to_owned());
        // As the recorded cloud: its own object store, and what Glance allows everywhere.
        options.web_download_ports = Some(vec![80, 443, port]);
    })
    .await;
    let url = cloud.url("");
    let at = |service: &str| {
        let path = match service {
            "identity" => "/identity/v3",
            "image" => "/image",
            "compute" => "/compute/v2.1",
            "network" => "/networking",
            "block-storage" => "/volume/v3",
            _ => "/object-store/v1/AUTH_{project}",
        };
        (service.to_owned(), json!(format!("{url}{path}")))
    };
    let urls: serde_json::Map<_, _> = SERVICES.iter().map(|(service, ..)| at(service)).collect();
    let names = json!({
        "m1.tiny": "dev.tiny", "m1.large": "dev.small",
        "demo-net": "demo-internal", "public": "dev-1a", "lab": "ssd",
    });
    let wire = into.join(format!("wire-{topic}"));
    // What is recorded of images and servers depends on what images there are.
    for program in ["lab_images".to_owned(), format!("record_{topic}")] {
        let mut play = Command::new("python3");
        play.arg(repository(&format!("tests/openstack/lib/{program}.py")))
            .env("WIRE_OUT", &wire)
            .env("WIRE_URLS", json!(urls).to_string())
            .env("WIRE_NAMES", names.to_string())
            .env("WIRE_ADMIN_PROJECT", "demo")
            .env("WIRE_PACE", "0.1")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        run(topic, play).await;
    }
    for file in std::fs::read_dir(&wire).unwrap() {
        let path = file.unwrap().path();
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (_, ours, theirs) in SERVICES {
            text = text.replace(&format!("{url}{ours}"), theirs);
        }
        std::fs::write(&path, text).unwrap();
    }
    let mut samples = Command::new(repository("tools/contract-samples"));
    samples.arg(&wire).arg("--into").arg(into.join("samples")).env("PYTHONDONTWRITEBYTECODE", "1");
    run(topic, samples).await;
}

async fn run(topic: &'static str, mut command: Command) {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let output = output.unwrap_or_else(|error| panic!("{topic}: python3 does not start: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{topic}: {said}");
}

/// The names (`nova/rescue`) of the samples in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for service in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let service_name = service.file_name().unwrap().to_string_lossy().into_owned();
        if !service.is_dir() {
            continue;
        }
        for sample in std::fs::read_dir(&service).unwrap().map(|entry| entry.unwrap().path()) {
            let name = sample.file_stem().unwrap().to_string_lossy().into_owned();
            found.insert(format!("{service_name}/{name}"));
        }
    }
    found
}

/// What is a poll in the lists may be missed here, as it may in a recording.
fn polls() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for list in std::fs::read_dir(repository("tests/contract")).unwrap() {
        let path = list.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "list") {
            continue;
        }
        let service = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            if words.get(2).is_some_and(|selector| selector.contains('@')) {
                found.insert(format!("{service}/{}", words[0]));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recorded_request_is_answered_as_by_a_real_cloud() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path();
    tokio::join!(
        record("keystone", into),
        record("swift", into),
        record("cors", into),
        record("compute", into),
        record("glance", into),
    );

    let contract = repository("tests/contract");
    let (real, ours) = (names(&contract), names(&into.join("samples")));
    let missing: Vec<_> = real.difference(&ours).filter(|name| !polls().contains(*name)).collect();
    assert!(missing.is_empty(), "devcloud was not asked for: {missing:?}");

    let rows = rows();
    let mut used = BTreeSet::new();
    let mut unlisted = Vec::new();
    for name in &ours {
        let (service, sample) = name.split_once('/').unwrap();
        let theirs = Sample::load(service, sample);
        let recorded = Sample::read(&into.join("samples"), service, sample);
        for difference in theirs.differences_to_recording(&recorded) {
            let fitting: Vec<usize> = (0..rows.len())
                .filter(|&row| rows[row].is_of(name) && matches(&rows[row].difference, &difference))
                .collect();
            if fitting.is_empty() {
                unlisted.push(format!("{name}: {difference}"));
            }
            used.extend(fitting);
        }
    }
    if let Some(keep) = std::env::var_os("CONTRACT_KEEP") {
        std::fs::rename(into.join("samples"), keep).unwrap();
    }
    assert!(
        unlisted.is_empty(),
        "{} differences from a real cloud that docs/devcloud.md does not list:\n{}",
        unlisted.len(),
        unlisted.join("\n")
    );
    let stale: Vec<_> = rows
        .iter()
        .enumerate()
        // A state that was not seen says nothing about its rows, and what is so by chance need not be.
        .filter(|(row, listed)| {
            !used.contains(row)
                && !listed.reason.starts_with("by chance")
                && real.iter().filter(|name| listed.is_of(name)).all(|name| ours.contains(name))
        })
        .map(|(_, listed)| format!("{}: {}", listed.answers, listed.difference))
        .collect();
    assert!(stale.is_empty(), "docs/devcloud.md lists what is no more:\n{}", stale.join("\n"));
    let bare: Vec<_> =
        rows.iter().filter(|row| row.reason.len() < 10).map(|row| &row.answers).collect();
    assert!(bare.is_empty(), "without a reason: {bare:?}");
}

#[test]
fn a_star_stands_for_anything() {
    for (pattern, text, expected) in [
        ("nova/rescue", "nova/rescue", true),
        ("nova/rescue", "nova/rescued", false),
        ("nova/*", "nova/rescue", true),
        ("*/server-*ed", "nova/server-stopped", true),
        ("*/server-*ed", "nova/server-stopping", false),
        ("*", "", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} against {text}");
    }
}
