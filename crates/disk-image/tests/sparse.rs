//! A raw disk as qcow2 without its zeros, against `qemu-img`: byte for byte the same disk, and a sound file.
#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

use disk_image::sparse::{DataMap, MOST_RUNS, Piece, Plan, Saving, raw_bytes};
use disk_image::{ReadAt, ReadError};

const CLUSTER: u64 = 64 << 10;

/// splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

struct Bytes(Vec<u8>);

impl ReadAt for Bytes {
    fn len_bytes(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.0.as_slice().read_at(offset, into)
    }
}

/// A raw disk in a file that is itself sparse: `writes` are places and lengths, filled with bytes that are not zero.
fn disk(path: &Path, len: u64, writes: &[(u64, u64)]) {
    let mut file = File::create(path).unwrap();
    file.set_len(len).unwrap();
    for (number, (start, count)) in writes.iter().enumerate() {
        file.seek(SeekFrom::Start(*start)).unwrap();
        let byte = (number % 255) as u8 + 1;
        file.write_all(&vec![byte; usize::try_from(*count).unwrap()]).unwrap();
    }
    assert_eq!(file.metadata().unwrap().len(), len, "the writes lie within the disk");
}

/// Reads the whole file, `step` bytes at a time.
fn read_through(path: &Path, most_runs: usize, step: usize) -> Plan {
    let mut file = File::open(path).unwrap();
    let len = file.metadata().unwrap().len();
    let mut map = DataMap::new(len, most_runs);
    let mut buffer = vec![0; step];
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => break,
            count => map.feed(&buffer[..count]),
        }
    }
    Plan::new(map, len).unwrap()
}

/// Writes what the plan describes, as a browser does when it sends the composed file.
fn write(plan: &Plan, raw: &Path, to: &Path) -> u64 {
    let (mut raw, mut out) = (File::open(raw).unwrap(), File::create(to).unwrap());
    let mut slices = 0;
    for piece in plan.pieces() {
        match piece {
            Piece::Written(bytes) => out.write_all(&bytes).unwrap(),
            Piece::Slice { start, end } => {
                slices += 1;
                raw.seek(SeekFrom::Start(start)).unwrap();
                let copied = std::io::copy(&mut (&mut raw).take(end - start), &mut out).unwrap();
                assert_eq!(copied, end - start, "slices lie within the file");
            }
            Piece::Zeros(count) => {
                out.write_all(&vec![0; usize::try_from(count).unwrap()]).unwrap();
            }
        }
    }
    assert_eq!(u64::from(plan.saving().slices), slices);
    out.metadata().unwrap().len()
}

fn qemu_img(arguments: &[&str]) -> String {
    let done = Command::new("qemu-img").args(arguments).output().unwrap();
    let said =
        String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "qemu-img {arguments:?}: {said}");
    said
}

/// Plans, writes, and asks `qemu-img` whether it is the same disk and a sound file.
fn check(name: &str, len: u64, writes: &[(u64, u64)], most_runs: usize, step: usize) -> Saving {
    let folder = tempfile::tempdir().unwrap();
    let (raw, qcow2) = (folder.path().join("raw"), folder.path().join("qcow2"));
    disk(&raw, len, writes);
    let plan = read_through(&raw, most_runs, step);
    let saving = plan.saving();
    assert_eq!(write(&plan, &raw, &qcow2), saving.send_bytes, "{name}: as long as was said");
    let (raw, qcow2) = (raw.to_str().unwrap(), qcow2.to_str().unwrap());
    let said = qemu_img(&["check", "-f", "qcow2", qcow2]);
    assert!(said.contains("No errors were found"), "{name}: {said}");
    qemu_img(&["compare", "-f", "raw", "-F", "qcow2", raw, qcow2]);
    let info = qemu_img(&["info", "-f", "qcow2", qcow2]);
    let size = format!("({} bytes)", saving.virtual_size_bytes);
    assert!(info.contains(&size) && info.contains("compat: 1.1"), "{name}: {info}");
    assert_eq!(saving.virtual_size_bytes, len.div_ceil(512) * 512, "{name}");
    assert!(saving.slices as usize <= most_runs, "{name}: {} slices", saving.slices);
    saving
}

#[test]
fn all_zeros_is_only_tables() {
    let saving = check("zeros", 100 << 20, &[], MOST_RUNS, 4 << 20);
    assert_eq!((saving.send_bytes, saving.slices), (4 * CLUSTER, 0));
}

#[test]
fn no_zeros_costs_only_the_tables() {
    let saving = check("full", 20 << 20, &[(0, 20 << 20)], MOST_RUNS, 4 << 20);
    assert_eq!((saving.send_bytes, saving.slices), ((20 << 20) + 5 * CLUSTER, 1));
    assert!(!saving.is_worth_it());
}

#[test]
fn sizes_that_are_no_multiple_of_anything() {
    for len in
        [1, 511, 512, 513, CLUSTER - 1, CLUSTER, CLUSTER + 1, 3 * CLUSTER + 700, (5 << 20) + 333]
    {
        check("data at both ends", len, &[(0, 1), (len - 1, 1)], MOST_RUNS, 4 << 20);
        check("data at the beginning", len, &[(0, 1)], MOST_RUNS, 4 << 20);
        check("no data", len, &[], MOST_RUNS, 1000);
    }
}

#[test]
fn tables_that_meet_at_their_borders() {
    // One L2 table maps 512 MiB.
    let table = 512 << 20;
    check(
        "across two tables",
        table + 2 * CLUSTER,
        &[(table - CLUSTER, 2 * CLUSTER)],
        MOST_RUNS,
        4 << 20,
    );
    check("the first of the second", table + 1, &[(table, 1)], MOST_RUNS, 4 << 20);
    check("the last of the first", table, &[(table - 1, 1)], MOST_RUNS, 4 << 20);
}

#[test]
fn a_fixed_vhd_is_a_raw_disk_and_a_footer() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (raw, vhd, qcow2) = (path("raw"), path("vhd"), path("qcow2"));
    disk(Path::new(&raw), 24 << 20, &[(510, 2), (9 << 20, 100_000), ((24 << 20) - 1, 1)]);
    let options = "subformat=fixed,force_size=on";
    qemu_img(&["convert", "-f", "raw", "-O", "vpc", "-o", options, &raw, &vhd]);
    let bytes = std::fs::read(&vhd).unwrap();
    let report = disk_image::inspect(&Bytes(bytes.clone())).unwrap();
    let disk_bytes = raw_bytes(&report).unwrap();
    assert_eq!(disk_bytes, 24 << 20);
    let mut map = DataMap::new(disk_bytes, MOST_RUNS);
    map.feed(&bytes[..usize::try_from(disk_bytes).unwrap()]);
    let plan = Plan::new(map, bytes.len() as u64).unwrap();
    assert_eq!(plan.saving().file_bytes, (24 << 20) + 512);
    write(&plan, Path::new(&vhd), Path::new(&qcow2));
    assert!(qemu_img(&["check", "-f", "qcow2", &qcow2]).contains("No errors were found"));
    qemu_img(&["compare", "-f", "vpc", "-F", "qcow2", &vhd, &qcow2]);
    qemu_img(&["compare", "-f", "raw", "-F", "qcow2", &raw, &qcow2]);
}

#[test]
fn many_short_runs_are_joined_by_the_shortest_zeros() {
    // Every second cluster, and two far away.
    let mut writes: Vec<(u64, u64)> = (0..500).map(|at| (at * 2 * CLUSTER, 100)).collect();
    writes.extend([(90 << 20, 5), (100 << 20, 5)]);
    let saving = check("joined", 128 << 20, &writes, 3, 4 << 20);
    assert_eq!(saving.slices, 3);
    assert_eq!(saving.send_bytes, (999 + 2 + 5) * CLUSTER, "the two far away stay apart");
    let all = check("as they are", 128 << 20, &writes, MOST_RUNS, 4 << 20);
    assert_eq!(all.slices, 502);
}

#[test]
fn random_disks_come_out_the_same() {
    for seed in 0..45 {
        let mut dice = Dice(seed);
        let len = 1 + dice.below([3 * CLUSTER, 8 << 20, 90 << 20][(seed % 3) as usize]);
        let writes: Vec<(u64, u64)> = (0..dice.below(60))
            .map(|_| {
                let start = dice.below(len);
                let longest = [512, CLUSTER * 3][dice.below(2) as usize];
                (start, (1 + dice.below(longest)).min(len - start))
            })
            .collect();
        let most_runs = [1, 2, 7, MOST_RUNS][dice.below(4) as usize];
        let step = [100_003, 1 << 20, 4 << 20][dice.below(3) as usize];
        check(&format!("seed {seed}"), len, &writes, most_runs, step);
    }
}

#[test]
fn a_sparse_disk_of_200_gb_needs_only_its_tables() {
    let len = 200_000_000_000_u64;
    let writes: Vec<(u64, u64)> =
        (0..40).map(|at| (at * 5_000_000_000 + at * 777, 300_000)).collect();
    let folder = tempfile::tempdir().unwrap();
    let (raw, qcow2) = (folder.path().join("raw"), folder.path().join("qcow2"));
    disk(&raw, len, &writes);
    // Not read through: what lies between the writes is known to be zeros.
    let mut map = DataMap::new(len, MOST_RUNS);
    for (start, count) in &writes {
        map.feed_zeros(start - map.fed_bytes());
        map.feed(&vec![1; usize::try_from(*count).unwrap()]);
    }
    map.feed_zeros(len - map.fed_bytes());
    let plan = Plan::new(map, len).unwrap();
    let saving = plan.saving();
    assert_eq!(saving.slices, 40);
    assert!(saving.send_bytes < 20 << 20, "{saving:?}");
    assert_eq!(write(&plan, &raw, &qcow2), saving.send_bytes);
    let qcow2 = qcow2.to_str().unwrap();
    assert!(qemu_img(&["check", "-f", "qcow2", qcow2]).contains("No errors were found"));
    qemu_img(&["compare", "-f", "raw", "-F", "qcow2", raw.to_str().unwrap(), qcow2]);
}

#[test]
fn a_full_disk_of_200_gb_is_planned_with_little_memory() {
    // Every second cluster holds data, the worst case for runs; nothing is written.
    let len = 200_000_000_000_u64;
    let mut map = DataMap::new(len, MOST_RUNS);
    while map.fed_bytes() + 2 * CLUSTER <= len {
        map.feed(&[1]);
        map.feed_zeros(2 * CLUSTER - 1);
    }
    map.feed_zeros(len - map.fed_bytes());
    let plan = Plan::new(map, len).unwrap();
    assert!(plan.saving().slices as usize <= MOST_RUNS);
    let (mut sum, mut longest) = (0, 0);
    for piece in plan.pieces() {
        sum += match piece {
            Piece::Written(bytes) => {
                longest = longest.max(bytes.len());
                bytes.len() as u64
            }
            Piece::Slice { start, end } => end - start,
            Piece::Zeros(count) => count,
        };
    }
    assert_eq!(sum, plan.saving().send_bytes);
    assert!(longest <= 64 << 10, "one table at a time, not {longest} bytes");
}

#[test]
fn clusters_grow_with_the_disk_so_that_tables_stay_small() {
    // 20 TB of nothing but one place: QEMU must still read it.
    let len = 20_000_000_000_000_u64;
    let mut map = DataMap::new(len, MOST_RUNS);
    map.feed_zeros(1 << 40);
    map.feed(&[7; 512]);
    map.feed_zeros(len - map.fed_bytes());
    let plan = Plan::new(map, len).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (raw, qcow2) = (folder.path().join("raw"), folder.path().join("qcow2"));
    // No file system here holds 20 TB; the plan's only slice is all that is read.
    disk(&raw, 2 << 40, &[(1 << 40, 512)]);
    assert_eq!(write(&plan, &raw, &qcow2), plan.saving().send_bytes);
    let qcow2 = qcow2.to_str().unwrap();
    assert!(qemu_img(&["check", "-f", "qcow2", qcow2]).contains("No errors were found"));
    let info = qemu_img(&["info", "-f", "qcow2", qcow2]);
    assert!(
        info.contains("(20000000000000 bytes)") && info.contains("cluster_size: 2097152"),
        "{info}"
    );
}

#[test]
fn progress_counts_zeros_as_they_are_found() {
    let mut map = DataMap::new(10 * CLUSTER, MOST_RUNS);
    map.feed(&vec![0; 100_000]);
    assert_eq!(
        (map.fed_bytes(), map.zero_bytes()),
        (100_000, CLUSTER),
        "the open cluster is not known yet"
    );
    map.feed(&[1]);
    map.feed(&vec![0; 300_000]);
    assert_eq!(map.zero_bytes(), 5 * CLUSTER, "six are complete, one of them holds data");
}

#[test]
fn an_empty_disk_has_no_plan() {
    assert!(Plan::new(DataMap::new(0, MOST_RUNS), 0).is_none());
}
