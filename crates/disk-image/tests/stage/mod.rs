//! What the tests of formats share: a folder in which `qemu-img` and other programs make files, and files as sources.

// Helpers of tests: what they cannot do ends the test. Each test binary uses some of them.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code)]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::Command;

use disk_image::report::{Report, Trouble};
use disk_image::{ReadAt, ReadError};

/// A file on disk.
pub struct OnDisk(File);

impl ReadAt for OnDisk {
    fn len_bytes(&self) -> u64 {
        self.0.metadata().expect("an open file").len()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.0.read_exact_at(into, offset).map_err(|error| ReadError::Source(error.to_string()))
    }
}

/// A folder of its own, gone with the value.
pub struct Stage(tempfile::TempDir);

impl Stage {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a line of shell in the folder and returns what it prints.
    pub fn run(&self, line: &str) -> String {
        let done = Command::new("sh")
            .args(["-ec", line])
            .current_dir(self.0.path())
            .env("PATH", format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default()))
            .output()
            .expect("a shell");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{line}: {errors} (is qemu-utils installed?)");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("a file in the folder");
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("a file that was just made")
    }

    pub fn inspect(&self, name: &str) -> Report {
        let file = OnDisk(File::open(self.path(name)).expect("a file that was just made"));
        disk_image::inspect(&file).expect("the file can be read")
    }

    /// The disk's size as `qemu-img` reports it.
    pub fn virtual_size(&self, format: &str, name: &str) -> u64 {
        let told = self.run(&format!("qemu-img info --output=json -f {format} '{name}'"));
        let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        told["virtual-size"].as_u64().expect("qemu-img knows the size")
    }
}

/// What was found, one line each, heaviest first. That an empty disk does not boot goes without saying here.
pub fn findings(report: &Report) -> Vec<String> {
    let said = report.findings.iter().filter(|found| found.trouble != Trouble::NothingToBoot);
    said.map(|found| format!("{:?} {:?}", found.weight, found.trouble)).collect()
}

/// splitmix64: small, and the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// The checksum of a VHDX's structures, bit by bit as the specification has it.
pub fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0x82f6_3b78 * (sum & 1)))
    })
}
