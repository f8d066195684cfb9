//! Damaged disks are told of, or misread; they never panic, loop, or take memory or time without bound.
//!
//! Deterministic: the seed is printed, and `DAMAGE_SEED` sets another; `DAMAGE_ROUNDS` says how many per disk.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unwrap_used)]

mod disks;

use std::cell::Cell;
use std::time::{Duration, Instant};

use disk_image::{ReadAt, ReadError, inspect};

use disks::{Folder, Partition, debian, windows};

/// What may be read of a file, with room for the headers that the formats read besides.
const MOST_BYTES: u64 = 80 * 1024 * 1024;
/// A round takes milliseconds; on a busy machine, without optimisation, some more.
const MOST_TIME: Duration = Duration::from_secs(20);

/// xorshift64*: the same numbers everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

struct Counting<'a> {
    bytes: &'a [u8],
    read: Cell<u64>,
}

impl ReadAt for Counting<'_> {
    fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.read.set(self.read.get() + into.len() as u64);
        self.bytes.read_at(offset, into)
    }
}

/// Where the disk says something: damage in its zeros and in what is never looked at would prove little.
fn places(disk: &[u8]) -> Vec<usize> {
    let looked_at = Watching { bytes: disk, pages: Default::default() };
    inspect(&looked_at).expect("the disk is sound");
    let pages = looked_at.pages.into_inner();
    pages
        .iter()
        .flat_map(|page| page * 512..(page * 512 + 512).min(disk.len()))
        .filter(|place| disk[*place] != 0)
        .collect()
}

struct Watching<'a> {
    bytes: &'a [u8],
    pages: std::cell::RefCell<std::collections::BTreeSet<usize>>,
}

impl ReadAt for Watching<'_> {
    fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.bytes.read_at(offset, into)?;
        let first = usize::try_from(offset).unwrap() / 512;
        self.pages.borrow_mut().extend(first..(first + into.len().div_ceil(512)));
        Ok(())
    }
}

fn damage(disk: &mut [u8], places: &[usize], numbers: &mut Numbers) -> Vec<(usize, u8)> {
    let mut undo = Vec::new();
    let count = 1 + numbers.below(6);
    for _ in 0..count {
        let place = places[numbers.below(places.len())];
        let kind = numbers.below(5);
        let len = if kind == 0 { 4.min(disk.len() - place) } else { 1 };
        for (step, byte) in disk[place..place + len].iter_mut().enumerate() {
            undo.push((place + step, *byte));
            *byte = match kind {
                0 | 1 => 0xff,
                2 => 0,
                3 => *byte ^ (1 << numbers.below(8)),
                _ => u8::try_from(numbers.below(256)).unwrap(),
            };
        }
    }
    undo
}

fn survive(name: &str, disk: &mut [u8]) {
    let number = |variable: &str, usual: u64| {
        std::env::var(variable).ok().and_then(|set| set.parse().ok()).unwrap_or(usual)
    };
    let (seed, rounds) = (number("DAMAGE_SEED", 0x5117_3a9e), number("DAMAGE_ROUNDS", 150));
    println!("{name}: seed {seed}, {rounds} rounds");
    let mut numbers = Numbers(seed);
    let places = places(disk);
    for round in 0..rounds {
        let undo = damage(disk, &places, &mut numbers);
        // Some are cut short as well.
        let end = if numbers.below(8) == 0 { numbers.below(disk.len()) } else { disk.len() };
        let file = Counting { bytes: &disk[..end], read: Cell::new(0) };
        let start = Instant::now();
        // What it finds is another matter; that it comes to an end is this one's.
        let report = inspect(&file);
        assert!(report.is_ok(), "{name}, round {round}: {report:?}");
        assert!(start.elapsed() < MOST_TIME, "{name}, round {round}: {:?}", start.elapsed());
        let read = file.read.get();
        assert!(read <= MOST_BYTES, "{name}, round {round}: {read} bytes");
        for (place, byte) in undo.into_iter().rev() {
            disk[place] = byte;
        }
    }
}

fn bytes(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).unwrap()
}

fn linux(folder: &Folder) {
    folder.gpt(
        "disk.raw",
        &[
            Partition::efi(folder.fat("esp", &["EFI/BOOT/BOOTX64.EFI", "EFI/debian/grubx64.efi"])),
            Partition::root(folder.ext4("root", "rootfs", &debian())),
        ],
    );
}

#[test]
fn a_linux_disk() {
    let folder = Folder::new();
    linux(&folder);
    survive("raw", &mut bytes(&folder, "disk.raw"));
}

#[test]
fn file_systems_without_checksums() {
    // What today's ext4 notices by its checksums, these let through.
    for kind in ["ext2", "ext3", "ext4 -O ^metadata_csum,^64bit"] {
        let folder = Folder::new();
        let (kind, options) = kind.split_once(' ').unwrap_or((kind, ""));
        folder.ext(kind, "disk.raw", "old", &debian());
        if !options.is_empty() {
            folder.run("rm disk.raw");
            folder.run(&format!("mke2fs -q -t {kind} {options} -d disk.raw.tree disk.raw 8M"));
        }
        survive(kind, &mut bytes(&folder, "disk.raw"));
    }
}

#[test]
fn qcow2_of_every_kind() {
    let folder = Folder::new();
    linux(&folder);
    for (name, arguments) in [
        ("plain", "-O qcow2"),
        ("zlib", "-O qcow2 -c"),
        ("zstd", "-O qcow2 -c -o compression_type=zstd"),
        ("small", "-O qcow2 -o cluster_size=512,compat=0.10"),
    ] {
        folder.run(&format!("qemu-img convert {arguments} disk.raw {name}"));
        survive(name, &mut bytes(&folder, name));
    }
}

#[test]
fn tables_of_blocks_and_tables_of_partitions() {
    let folder = Folder::new();
    let root = folder.ext("ext2", "root", "old", &debian());
    folder.mbr("disk.raw", &[Partition::swap(), Partition::logical(root)]);
    for (name, arguments) in [
        ("mbr", "-O raw"),
        ("vdi", "-O vdi"),
        ("vhd", "-O vpc"),
        ("vhdx", "-O vhdx"),
        ("vmdk", "-O vmdk"),
        ("stream", "-O vmdk -o subformat=streamOptimized"),
    ] {
        folder.run(&format!("qemu-img convert -f raw {arguments} disk.raw {name}"));
        survive(name, &mut bytes(&folder, name));
    }
}

#[test]
fn a_windows_disk() {
    let folder = Folder::new();
    folder.hive("SOFTWARE", "Windows Server 2022 Standard", "20348");
    folder.ntfs("system", &windows(), Some("SOFTWARE"));
    folder.mbr("disk.raw", &[Partition::root("system".to_owned())]);
    survive("ntfs", &mut bytes(&folder, "disk.raw"));
}

#[test]
fn an_optical_disc() {
    let folder = Folder::new();
    folder.fat("esp", &["EFI/BOOT/BOOTX64.EFI"]);
    folder.run("mkdir disc");
    folder.run("cp esp disc/efi.img");
    folder.run("xorriso -as mkisofs -quiet -V Debian-12 -o disk.iso -e efi.img -no-emul-boot disc");
    survive("iso", &mut bytes(&folder, "disk.iso"));
}
