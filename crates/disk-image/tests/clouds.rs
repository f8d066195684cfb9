//! What clouds make of files: wrapped ones, partition tables, and uploads under another format's name.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod stage;

use disk_image::report::{Format, Seen, TableTrouble, Trouble, Weight, Wrapped};
use stage::Stage;

/// What this line of shell makes as `d` is wrapped so, around a disk of this name and size.
#[track_caller]
fn check_wrapped(line: &str, kind: Wrapped, inner: Option<(&str, Option<u64>)>) {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f qcow2 disk.qcow2 3M; qemu-img create -q -f vmdk disk.vmdk 3M; echo x > a.ovf");
    stage.run("truncate -s 1000 small.img");
    stage.run(line);
    let report = stage.inspect("d");
    assert_eq!(report.format, Format::Wrapped(kind), "{line}");
    let found = report.wrapped.as_ref();
    assert_eq!(found.map(|inner| (inner.name.as_str(), inner.size_bytes)), inner, "{line}");
    let troubles: Vec<&Trouble> = report.findings.iter().map(|found| &found.trouble).collect();
    assert_eq!(troubles, [&Trouble::Wrapped], "{line}");
    assert_eq!((report.format.disk_format(), report.virtual_size_bytes), (None, None), "{line}");
}

#[test]
fn what_is_dropped_by_mistake() {
    let size = Some(196_616);
    check_wrapped("gzip -c disk.qcow2 > d", Wrapped::Gzip, Some(("disk.qcow2", None)));
    check_wrapped("gzip -c < disk.qcow2 > d", Wrapped::Gzip, None);
    check_wrapped("xz -c disk.qcow2 > d", Wrapped::Xz, None);
    check_wrapped("zstd -q -c disk.qcow2 > d", Wrapped::Zstd, None);
    check_wrapped("bzip2 -c disk.qcow2 > d", Wrapped::Bzip2, None);
    check_wrapped("bzip2 -c < /dev/null > d", Wrapped::Bzip2, None);
    let zip = "python3 -m zipfile -c d a.ovf small.img disk.qcow2";
    check_wrapped(zip, Wrapped::Zip, Some(("disk.qcow2", size)));
    check_wrapped("python3 -m zipfile -c d a.ovf", Wrapped::Zip, None);
    check_wrapped("tar -cf d a.ovf disk.vmdk", Wrapped::Ova, Some(("disk.vmdk", Some(65536))));
    check_wrapped("tar -cf d small.img disk.qcow2", Wrapped::Tar, Some(("disk.qcow2", size)));
    check_wrapped("tar --format=pax -cf d disk.qcow2", Wrapped::Tar, Some(("disk.qcow2", size)));
    check_wrapped(
        "tar --format=ustar -cf d ./disk.qcow2",
        Wrapped::Tar,
        Some(("./disk.qcow2", size)),
    );
    check_wrapped("printf \"7z\\274\\257\\047\\034\\000\\004\" > d", Wrapped::SevenZip, None);
    // Words, not disks.
    check_wrapped("gzip -c a.ovf > d", Wrapped::Gzip, Some(("a.ovf", None)));
}

#[test]
fn archives_that_were_cut_short() {
    let check = |line: &str, cut_bytes: usize, missing: Option<u64>| {
        let stage = Stage::new();
        stage.run("head -c 100000 /dev/urandom > disk.img");
        stage.run(line);
        let bytes = stage.bytes("d");
        stage.write("d", &bytes[..bytes.len() - cut_bytes]);
        let report = stage.inspect("d");
        let cut = report.findings.iter().any(|found| found.trouble == Trouble::Truncated(missing));
        assert!(cut, "{line}: {:?}", report.findings);
        assert_eq!(disk_image::remedy(&report, "d"), None, "{line}: nothing mends it");
    };
    check("tar --blocking-factor=1 -cf d disk.img", 50_000, Some(48_624));
    check("python3 -m zipfile -c d disk.img", 50_000, None);
}

#[test]
fn partition_tables_that_clouds_refuse() {
    let check = |line: &str, expected: Option<TableTrouble>| {
        let stage = Stage::new();
        stage.run("truncate -s 8M d");
        stage.run(line);
        let report = stage.inspect("d");
        let found = report.findings.iter().find_map(|found| match found.trouble {
            Trouble::Table(trouble) => Some((trouble, found.weight)),
            _ => None,
        });
        assert_eq!(found, expected.map(|trouble| (trouble, Weight::Refused)), "{line}");
        assert_eq!(report.format, Format::Raw, "{line}");
    };
    check("echo ',,83,*' | sfdisk -q d", None);
    check("echo 'label: gpt\n,' | sfdisk -q d", None);
    check("mke2fs -q -t ext4 d", None);
    check("truncate -s 40M d; mkfs.vfat -F 32 d", None);
    check("truncate -s 1440k d; mkfs.vfat d", Some(TableTrouble::NoPartitions));
    let poke = |at: u32, bytes: &str| {
        format!(
            "echo 'label: gpt\n,' | sfdisk -q d; printf '{bytes}' | dd status=none of=d bs=1 seek={at} conv=notrunc"
        )
    };
    check(&poke(446, "\\001"), Some(TableTrouble::BootFlag));
    check(&poke(447, "\\001"), Some(TableTrouble::ProtectiveEntry));
    check(&poke(454, "\\002"), Some(TableTrouble::ProtectiveEntry));
    check(&poke(466, "\\203"), Some(TableTrouble::Hybrid));
    // The flag that some firmware wants is allowed.
    check(&poke(446, "\\200"), None);
}

#[test]
fn a_file_under_another_name() {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f qcow2 qcow2 3M; qemu-img create -q -f vpc -o subformat=fixed fixed 3M");
    stage.run("truncate -s 3M raw; cp raw mbr; echo ',,83,*' | sfdisk -q mbr; gzip -k raw");
    stage
        .run("mkdir root; cp mbr root; xorriso -as mkisofs -quiet -V NAME -o iso root 2>/dev/null");
    let check = |file: &str, disk_format: &str, expected: Option<(Seen, Weight)>| {
        let found = stage.inspect(file).mismatch(disk_format);
        let found = found.map(|mismatch| (mismatch.seen, mismatch.weight));
        assert_eq!(found, expected, "{file} as {disk_format}");
    };
    use Weight::{NeverBoots, Refused};
    check("qcow2", "qcow2", None);
    check("qcow2", "vmdk", Some((Seen::Qcow2, Refused)));
    // Glance takes it, Nova and Cinder do not.
    check("qcow2", "raw", Some((Seen::Qcow2, NeverBoots)));
    check("iso", "iso", None);
    check("iso", "raw", Some((Seen::Iso, NeverBoots)));
    check("mbr", "raw", None);
    check("mbr", "gpt", None);
    check("mbr", "qcow2", Some((Seen::Gpt, Refused)));
    check("raw", "raw", None);
    check("raw", "qcow2", Some((Seen::Raw, Refused)));
    // Nobody knows how these look.
    check("raw", "ami", None);
    check("raw", "ploop", None);
    check("mbr", "ami", Some((Seen::Gpt, Refused)));
    // A fixed VHD is a raw disk to the cloud, and a compressed file is one, too.
    check("fixed", "raw", None);
    check("fixed", "vhd", Some((Seen::Raw, Refused)));
    check("raw.gz", "qcow2", Some((Seen::Raw, Refused)));
}

#[test]
fn two_formats_in_one_file() {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f vmdk d 3M");
    let mut bytes = stage.bytes("d");
    bytes[510..512].copy_from_slice(&[0x55, 0xaa]);
    stage.write("d", &bytes);
    let report = stage.inspect("d");
    let several = Trouble::SeveralFormats(vec![Seen::Vmdk, Seen::Gpt]);
    assert_eq!(report.findings[0].trouble, several);
    assert_eq!(report.findings[0].weight, Weight::Refused);
}

#[test]
fn the_smallest_disk_holds_the_file_and_the_disk() {
    let stage = Stage::new();
    stage.run("qemu-img create -q -f qcow2 d 3M; qemu-img create -q -f vpc -o subformat=fixed,force_size=on fixed 3M");
    assert_eq!(stage.inspect("d").smallest_disk_bytes(), 3 << 20);
    // Sent as raw, its footer travels along.
    assert_eq!(stage.inspect("fixed").smallest_disk_bytes(), (3 << 20) + 512);
}

/// Discs of Debian's packages, which tools/setup-packages installs: made by genisoimage and xorriso, for BIOS and for both.
#[test]
fn real_discs_boot() {
    let check = |path: &str, uefi: bool| {
        let stage = Stage::new();
        stage.run(&format!("ln -s '{path}' d; test -e d"));
        let report = stage.inspect("d");
        assert_eq!(report.format, Format::Iso, "{path}");
        assert_eq!(report.seen_as, [Seen::Iso, Seen::Gpt], "{path}");
        assert_eq!(report.findings, [], "{path}");
        assert_eq!((report.boot.bios, report.boot.uefi), (true, uefi), "{path}");
        assert_eq!(report.mismatch("iso"), None, "{path}");
    };
    check("/usr/lib/ipxe/ipxe.iso", true);
    check("/usr/lib/grub-rescue/grub-rescue-cdrom.iso", false);
}
