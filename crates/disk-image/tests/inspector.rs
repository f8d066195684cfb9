//! The inspector of the cloud itself, from the openstack client's own Python, sees what we say that it sees, and refuses
//! what we say that it refuses, over sound and damaged files of every format.
//!
//! `OPENSTACK_CLI` says which client, else the one on `PATH`; `tools/setup-openstack-client` installs it.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod stage;

use std::path::PathBuf;
use std::process::Command;

use disk_image::report::{Report, Weight};
use serde::Deserialize;
use stage::{Dice, Stage};

/// How many damaged copies of each file are compared.
const COPIES: usize = 60;

#[derive(Deserialize)]
struct Said {
    formats: Vec<String>,
    safe: bool,
}

/// The Python beside the openstack client, which has oslo.utils.
fn python() -> PathBuf {
    let client = std::env::var("OPENSTACK_CLI").unwrap_or_else(|_| "openstack".to_owned());
    let found = std::env::split_paths(&std::env::var("PATH").unwrap_or_default())
        .map(|folder| folder.join(&client))
        .find(|path| path.exists());
    let client = found
        .and_then(|path| path.canonicalize().ok())
        .expect("no openstack client: run tools/setup-openstack-client or set OPENSTACK_CLI");
    client.with_file_name("python")
}

fn ask(stage: &Stage, names: &[String]) -> Vec<Said> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inspector.py");
    let done = Command::new(python())
        .arg(script)
        .args(names.iter().map(|name| stage.path(name)))
        .output()
        .expect("the client's Python runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let lines = String::from_utf8_lossy(&done.stdout).into_owned();
    lines.lines().map(|line| serde_json::from_str(line).expect("the script's own JSON")).collect()
}

fn differs(report: &Report, said: &Said) -> Option<String> {
    let mut seen: Vec<String> = report.seen_as.iter().map(|seen| seen.name().to_owned()).collect();
    seen.sort();
    // A file without a whole sector is raw to the cloud, and refused for what it is called.
    let is_tiny = report.file_size_bytes < 512;
    let refused = report.findings.iter().any(|found| found.weight == Weight::Refused);
    let same = seen == said.formats && (is_tiny || refused != said.safe);
    (!same).then(|| {
        format!(
            "cloud: {:?}, safe: {}; ours: {seen:?} {:?}",
            said.formats, said.safe, report.findings
        )
    })
}

/// Compares `d`, which this line of shell makes, and copies of it with damage near its start or end.
fn check(line: &str) {
    let stage = Stage::new();
    stage.run("truncate -s 1M disk; echo ',,83,*' | sfdisk -q disk");
    stage.run(line);
    let sample = stage.bytes("d");
    let mut dice = Dice::new(7);
    let mut names = vec!["d".to_owned()];
    let mut damage = vec!["none".to_owned()];
    for copy in 0..COPIES {
        let (mut bytes, mut what) = (sample.clone(), String::new());
        for _ in 0..=dice.below(2) {
            // Headers, descriptors and tables; the last sectors hold footers.
            let at = match dice.below(8) {
                0 => sample.len().saturating_sub(1 + dice.below(1536)),
                1 => dice.below(sample.len().min(4096)),
                2 => 0x8000 + dice.below(16),
                3 => 440 + dice.below(72),
                _ => dice.below(sample.len().min(128)),
            };
            let byte = [0, 1, 0xff, b'/', dice.next() as u8][dice.below(5)];
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
                what.push_str(&format!("[{at}]={byte:#x} "));
            }
        }
        if dice.below(6) == 0 {
            let len = [dice.below(700), dice.below(sample.len())][dice.below(2)];
            bytes.truncate(len);
            what.push_str(&format!("len={len}"));
        }
        let name = format!("copy-{copy}");
        stage.write(&name, &bytes);
        names.push(name);
        damage.push(what);
    }
    let said = ask(&stage, &names);
    assert_eq!(said.len(), names.len());
    let differences: Vec<String> = names
        .iter()
        .zip(&damage)
        .zip(&said)
        .filter_map(|((name, what), said)| {
            Some(format!("{what}: {}", differs(&stage.inspect(name), said)?))
        })
        .collect();
    assert!(differences.is_empty(), "{line}\n{}", differences.join("\n"));
}

#[test]
fn qcow2() {
    check("qemu-img create -q -f qcow2 d 3M");
    check("qemu-img create -q -f qcow2 -o compat=0.10 d 3M");
    check("qemu-img create -q -f qcow2 -F raw -b disk d");
    check("qemu-img create -q -f qcow2 -o data_file=data d 3M");
    check("qemu-img create -q -f qcow2 -o extended_l2=on d 3M");
    check("qemu-img create -q -f qcow d 3M");
}

#[test]
fn vmdk() {
    check("qemu-img create -q -f vmdk d 3M");
    check("qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk d");
    check("qemu-img create -q -f vmdk -o subformat=monolithicFlat d 3M");
    check("qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse d 3M");
    check("qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse e 3M; mv e-s001 d");
}

#[test]
fn the_others() {
    check("qemu-img create -q -f vpc d 3M");
    check("qemu-img create -q -f vpc -o subformat=fixed d 1M");
    check("qemu-img create -q -f vdi d 3M");
    check("qemu-img create -q -f qed d 3M");
    check(
        "qemu-img create -q -f luks --object secret,id=s,data=words -o key-secret=s,iter-time=10 d 0",
    );
    check("gzip --stdout disk > d");
}

#[test]
fn vhdx() {
    check("qemu-img create -q -f vhdx -o block_size=1M,log_size=1M d 1M");
}

#[test]
fn raw() {
    check("cp disk d");
    check("truncate -s 1M d; echo 'label: gpt\n,' | sfdisk -q d");
    check("truncate -s 1440k d; mkfs.vfat d");
    check("truncate -s 40M e; mkfs.vfat -F 32 e; head -c 1M e > d");
    check("mkdir root; cp disk root; xorriso -as mkisofs -quiet -V NAME -o d root 2>/dev/null");
}
