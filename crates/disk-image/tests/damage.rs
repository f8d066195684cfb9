//! Damaged files: whatever a header says, an inspection ends soon, reads little and does not panic.
//!
//! Deterministic: the same bytes are damaged in the same way each time. `DAMAGE_SEED=n` tries others.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod stage;

use std::cell::Cell;

use disk_image::{ReadAt, ReadError, remedy};
use stage::{Dice, Stage, crc32c};

/// How many damaged copies of each sample are looked at.
const COPIES: u64 = 1500;
/// What one inspection may read at most, in bytes, and in how many calls.
const MOST_BYTES: u64 = 96 << 20;
const MOST_READS: u64 = 50_000;
/// Changes are made where the sample has something else than zeros, within so many bytes of the start.
const HEADERS: usize = 4 << 20;

/// A sample with changes, that counts what is read of it.
struct Damaged<'a> {
    sample: &'a [u8],
    len: usize,
    changes: Vec<(usize, Vec<u8>)>,
    bytes: Cell<u64>,
    reads: Cell<u64>,
}

impl ReadAt for Damaged<'_> {
    fn len_bytes(&self) -> u64 {
        self.len as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.bytes.set(self.bytes.get() + into.len() as u64);
        self.reads.set(self.reads.get() + 1);
        assert!(self.bytes.get() < MOST_BYTES, "too much is read");
        assert!(self.reads.get() < MOST_READS, "too many reads");
        self.sample[..self.len].read_at(offset, into)?;
        let start = offset as usize;
        for (at, change) in &self.changes {
            for (index, byte) in change.iter().enumerate() {
                if let Some(place) = (at + index).checked_sub(start).and_then(|at| into.get_mut(at))
                {
                    *place = *byte;
                }
            }
        }
        Ok(())
    }
}

/// Says which copy it was, should the inspection panic.
struct Naming<'a>(&'a str, u64, u64);

impl Drop for Naming<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("damage to {}: DAMAGE_SEED={}, copy {}", self.0, self.1, self.2);
        }
    }
}

/// What has to be written where for a file's checksums to be right again.
type Seal = fn(&[u8], &mut Vec<(usize, Vec<u8>)>);

/// Looks at damaged copies of a sample. `seal` repairs checksums, so that damage gets behind them.
fn damage(name: &str, sample: &[u8], seal: Seal) {
    let seed = std::env::var("DAMAGE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut places: Vec<usize> = (0..sample.len().min(1024)).collect();
    let head = &sample[..sample.len().min(HEADERS)];
    places.extend(
        head.iter().enumerate().filter(|(_, byte)| **byte != 0).map(|(at, _)| at).take(4096),
    );
    places.extend(sample.len().saturating_sub(1536)..sample.len());
    let mut dice = Dice::new(seed);
    for copy in 0..COPIES {
        let _naming = Naming(name, seed, copy);
        let len = match dice.below(8) {
            0 => dice.below(sample.len().min(4096)),
            1 => dice.below(sample.len() + 1),
            _ => sample.len(),
        };
        let mut changes = Vec::new();
        for _ in 0..=dice.below(3) {
            let at = places[dice.below(places.len())];
            changes.push((at, damaged_bytes(&mut dice)));
        }
        seal(sample, &mut changes);
        let (bytes, reads) = (Cell::new(0), Cell::new(0));
        let file = Damaged { sample, len, changes, bytes, reads };
        let report = disk_image::inspect(&file).expect("damage is told, not an error");
        // What is told can be shown and mended, whatever it is.
        remedy(&report, name);
        let json = serde_json::to_string(&report).expect("a report is plain data");
        assert!(json.len() < 1 << 20, "a report of {} bytes", json.len());
    }
}

/// One byte, or a number where one may stand, in either order.
fn damaged_bytes(dice: &mut Dice) -> Vec<u8> {
    const NUMBERS: [u64; 10] =
        [0, 1, 2, 0x7f, 0x200, 0x7fff_ffff, 0xffff_ffff, 1 << 40, 1 << 63, u64::MAX];
    let number = NUMBERS[dice.below(NUMBERS.len())];
    match dice.below(6) {
        0 | 1 => vec![dice.next() as u8],
        2 => (number as u32).to_le_bytes().to_vec(),
        3 => (number as u32).to_be_bytes().to_vec(),
        4 => number.to_le_bytes().to_vec(),
        _ => number.to_be_bytes().to_vec(),
    }
}

fn no_seal(_: &[u8], _: &mut Vec<(usize, Vec<u8>)>) {}

/// A sample that this line of shell makes as `d`, of a disk in `disk` with a partition table and a file system.
fn check(line: &str) {
    let stage = Stage::new();
    stage.run(DISK);
    stage.run(line);
    damage(line, &stage.bytes("d"), no_seal);
}

/// 8 MiB with a GPT and a small ext4 with a file in it.
const DISK: &str = "mkdir -p root/etc; echo ID=debian > root/etc/os-release
    mke2fs -q -t ext4 -d root part 6M
    truncate -s 8M disk; dd status=none if=part of=disk bs=1M seek=1 conv=notrunc
    echo 'label: gpt
    start=2048, size=12288' | sfdisk -q disk";

#[test]
fn qcow2() {
    check("qemu-img convert -f raw -O qcow2 disk d");
    check("qemu-img convert -f raw -O qcow2 -c disk d");
    check("qemu-img convert -f raw -O qcow2 -c -o compression_type=zstd,cluster_size=4k disk d");
    check("qemu-img create -q -f qcow2 -F raw -b disk d");
    check(
        "qemu-img convert -f raw -O qcow2 -o extended_l2=on,cluster_size=16k disk d; qemu-img snapshot -c one d",
    );
}

#[test]
fn vmdk() {
    check("qemu-img convert -f raw -O vmdk disk d");
    check("qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk d");
    check("qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentFlat d 3G");
}

#[test]
fn vhd_and_vdi() {
    check("qemu-img convert -f raw -O vpc disk d");
    check("qemu-img convert -f raw -O vpc -o subformat=fixed,force_size=on disk d");
    check("qemu-img convert -f raw -O vdi disk d");
}

#[test]
fn vhdx() {
    let stage = Stage::new();
    stage.run(DISK);
    stage.run("qemu-img convert -f raw -O vhdx -o block_size=1M disk d");
    let sample = stage.bytes("d");
    damage("vhdx", &sample, no_seal);
    damage("vhdx, sealed again", &sample, |sample, changes| {
        for (at, len) in [(64 << 10, 4096), (128 << 10, 4096), (192 << 10, 64 << 10)] {
            let mut structure = sample[at..at + len].to_vec();
            for (place, change) in changes.iter() {
                for (index, byte) in change.iter().enumerate() {
                    if let Some(inside) =
                        (place + index).checked_sub(at).filter(|inside| *inside < len)
                    {
                        structure[inside] = *byte;
                    }
                }
            }
            structure[4..8].fill(0);
            changes.push((at + 4, crc32c(&structure).to_le_bytes().to_vec()));
        }
    });
}

#[test]
fn the_others() {
    check("qemu-img convert -f raw -O qed disk d");
    check(
        "qemu-img create -q -f luks --object secret,id=s,data=words -o key-secret=s,iter-time=10 d 1M",
    );
    check("cp disk d");
    check("xorriso -as mkisofs -quiet -V NAME -o d root 2>/dev/null");
}

#[test]
fn what_is_wrapped() {
    check("gzip --stdout disk > d");
    check("echo x > a.ovf; qemu-img convert -f raw -O vmdk disk a.vmdk; tar -cf d a.ovf a.vmdk");
    check("tar --format=pax -cf d disk root");
    check("python3 -m zipfile -c d disk root/etc/os-release");
}
