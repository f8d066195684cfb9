//! What `qemu-img` makes is recognised as what it is.

// Helpers of tests: what they cannot do ends the test.
#![allow(clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use disk_image::{HEAD_BYTES, Kind, Refusal, Wrapped, recognise};

fn qemu_img(folder: &Path, arguments: &str) {
    let done = Command::new("qemu-img")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("qemu-img is needed (Debian package qemu-utils)");
    assert!(
        done.status.success(),
        "qemu-img {arguments}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn head(path: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(path).expect("the file was just made");
    bytes.truncate(HEAD_BYTES);
    bytes
}

/// Makes `file` by `qemu-img create` with these arguments and returns what it is taken for.
fn made(arguments: &str, file: &str) -> Kind {
    let folder = tempfile::tempdir().expect("a temporary folder");
    qemu_img(folder.path(), "create -q -f raw base.raw 3M");
    qemu_img(folder.path(), &format!("create -q {arguments}"));
    recognise(&head(&folder.path().join(file)))
}

fn check_qcow2(arguments: &str, version: u32, refusals: &[Refusal]) {
    match made(arguments, "d") {
        Kind::Qcow2(found) => {
            assert_eq!(found.version, version, "{arguments}");
            assert_eq!(found.virtual_size_bytes, 3 * 1024 * 1024, "{arguments}");
            assert_eq!(found.refusals, refusals, "{arguments}");
        }
        other => panic!("{arguments}: {other:?}"),
    }
}

#[test]
fn qcow2_in_all_its_kinds() {
    check_qcow2("-f qcow2 d 3M", 3, &[]);
    check_qcow2("-f qcow2 -o compat=0.10 d 3M", 2, &[]);
    check_qcow2("-f qcow2 -o compression_type=zstd d 3M", 3, &[]);
    check_qcow2("-f qcow2 -b base.raw -F raw d", 3, &[Refusal::BackingFile]);
    check_qcow2("-f qcow2 -o data_file=data.raw d 3M", 3, &[Refusal::DataFile]);
    check_qcow2("-f qcow2 -o extended_l2=on d 3M", 3, &[Refusal::UnknownFeature]);
}

#[test]
fn the_other_formats() {
    let check = |arguments, file, expected: Kind| {
        assert_eq!(made(arguments, file), expected, "{arguments}")
    };
    check("-f vmdk d 3M", "d", Kind::Vmdk);
    check("-f vmdk -o subformat=streamOptimized d 3M", "d", Kind::Vmdk);
    check("-f vmdk -o subformat=monolithicFlat d 3M", "d", Kind::VmdkDescriptor);
    check("-f vpc d 3M", "d", Kind::Vhd);
    check("-f vhdx d 3M", "d", Kind::Vhdx);
    check("-f vdi d 3M", "d", Kind::Vdi);
    check("-f qed d 3M", "d", Kind::Qed);
    check("-f raw d 3M", "d", Kind::Unknown);
}

#[test]
fn what_is_dropped_by_mistake() {
    let check = |bytes: &[u8], expected: Kind| assert_eq!(recognise(bytes), expected, "{bytes:?}");
    check(&[0x1f, 0x8b, 8], Kind::Wrapped(Wrapped::Gzip));
    check(b"\xfd7zXZ\0\0", Kind::Wrapped(Wrapped::Xz));
    check(&[0x28, 0xb5, 0x2f, 0xfd, 0], Kind::Wrapped(Wrapped::Zstd));
    check(b"BZh91AY", Kind::Wrapped(Wrapped::Bzip2));
    check(b"PK\x03\x04\x14", Kind::Wrapped(Wrapped::Zip));
    check(b"7z\xbc\xaf\x27\x1c\0", Kind::Wrapped(Wrapped::SevenZip));
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    check(&tar, Kind::Wrapped(Wrapped::Tar));
    check(b"", Kind::Empty);
    check(b"hello", Kind::Unknown);
    // A header cut short is no header.
    check(b"QFI\xfb\0\0\0\x03", Kind::Unknown);
}

#[test]
fn a_disc_with_a_boot_sector_is_a_disc() {
    let mut hybrid = vec![0; HEAD_BYTES];
    hybrid[510..512].copy_from_slice(&[0x55, 0xaa]);
    assert_eq!(recognise(&hybrid), Kind::RawDisk);
    hybrid[0x8001..0x8006].copy_from_slice(b"CD001");
    assert_eq!(recognise(&hybrid), Kind::Iso);
}

#[test]
fn the_remedy_survives_odd_names() {
    assert_eq!(Wrapped::Gzip.remedy("it's.qcow2.gz"), r"gunzip --keep 'it'\''s.qcow2.gz'");
}
