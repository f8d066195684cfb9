//! What Glance makes of real disk images. `qemu-img` (Debian package qemu-utils) makes them and says how large they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

fn qemu_img(arguments: &[&str], folder: &Path) -> Vec<u8> {
    let output = Command::new("qemu-img").args(arguments).current_dir(folder).output();
    let output = output.expect("qemu-img must be installed: apt-get install qemu-utils");
    assert!(
        output.status.success(),
        "qemu-img {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// What is expected of an upload.
enum Expect {
    /// `active`, with the virtual size that `qemu-img info` tells.
    VirtualSize,
    /// `active`, with the size of the file as its virtual size.
    FileSize,
    /// 415 with these words in it.
    Refused(&'static str),
}

async fn upload(cloud: &Cloud, token: &str, disk_format: &str, bytes: Vec<u8>) -> (Answer, Value) {
    let body = json!({"name": disk_format, "disk_format": disk_format, "container_format": "bare"});
    let id = cloud.post("/image/v2/images", token, body).await.expect(201).text("/id");
    let request = cloud.request("PUT", &format!("/image/v2/images/{id}/file"), token);
    let request = request.header("content-type", "application/octet-stream").body(bytes);
    let answer = Answer::of(request.send().await.unwrap()).await;
    let image = cloud.get(&format!("/image/v2/images/{id}"), token).await.body;
    (answer, image)
}

#[tokio::test]
async fn disks_made_by_qemu_img() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    qemu_img(&["create", "-f", "qcow2", "base.qcow2", "64M"], at);
    // Something in it, so that compressed formats have something to compress.
    std::fs::write(at.join("some.raw"), vec![0x5A; 3 << 20]).unwrap();
    use Expect::{FileSize, Refused, VirtualSize};
    let cases: Vec<(&str, &[&str], &str, Expect)> = vec![
        ("plain.qcow2", &["create", "-f", "qcow2", "plain.qcow2", "10G"], "qcow2", VirtualSize),
        (
            "old.qcow2",
            &["create", "-f", "qcow2", "-o", "compat=0.10", "old.qcow2", "1G"],
            "qcow2",
            VirtualSize,
        ),
        (
            "zip.qcow2",
            &["convert", "-c", "-f", "raw", "-O", "qcow2", "some.raw", "zip.qcow2"],
            "qcow2",
            VirtualSize,
        ),
        (
            "l2.qcow2",
            &["create", "-f", "qcow2", "-o", "extended_l2=on", "l2.qcow2", "1G"],
            "qcow2",
            Refused("Image failed safety checks"),
        ),
        (
            "top.qcow2",
            &["create", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", "top.qcow2"],
            "qcow2",
            Refused("Image failed safety checks"),
        ),
        (
            "ext.qcow2",
            &["create", "-f", "qcow2", "-o", "data_file=ext.data", "ext.qcow2", "1G"],
            "qcow2",
            Refused("Image failed safety checks"),
        ),
        ("ms.vmdk", &["create", "-f", "vmdk", "ms.vmdk", "2G"], "vmdk", VirtualSize),
        (
            "so.vmdk",
            &[
                "convert",
                "-f",
                "raw",
                "-O",
                "vmdk",
                "-o",
                "subformat=streamOptimized",
                "some.raw",
                "so.vmdk",
            ],
            "vmdk",
            VirtualSize,
        ),
        (
            "flat.vmdk",
            &["create", "-f", "vmdk", "-o", "subformat=monolithicFlat", "flat.vmdk", "1G"],
            "vmdk",
            Refused("Image failed safety checks"),
        ),
        ("dyn.vhd", &["create", "-f", "vpc", "dyn.vhd", "1G"], "vhd", VirtualSize),
        (
            "fixed.vhd",
            &[
                "convert",
                "-f",
                "raw",
                "-O",
                "vpc",
                "-o",
                "subformat=fixed",
                "some.raw",
                "fixed.vhd",
            ],
            "vhd",
            Refused("Image disk_format vhd does not match stream data"),
        ),
        ("a.vhdx", &["create", "-f", "vhdx", "a.vhdx", "3G"], "vhdx", VirtualSize),
        ("a.vdi", &["create", "-f", "vdi", "a.vdi", "4G"], "vdi", VirtualSize),
        (
            "a.qed",
            &["create", "-f", "qed", "a.qed", "1G"],
            "raw",
            Refused("Image failed safety checks"),
        ),
        (
            "a.luks",
            &[
                "create",
                "--object",
                "secret,id=s,data=geheim",
                "-f",
                "luks",
                "-o",
                "key-secret=s,iter-time=10",
                "a.luks",
                "1M",
            ],
            "raw",
            FileSize,
        ),
        ("some.raw", &["info", "some.raw"], "raw", FileSize),
        (
            "some.raw",
            &["info", "some.raw"],
            "qcow2",
            Refused("Image disk_format qcow2 does not match stream data raw"),
        ),
        ("plain.qcow2", &["info", "plain.qcow2"], "raw", FileSize),
        (
            "plain.qcow2",
            &["info", "plain.qcow2"],
            "vmdk",
            Refused("Image disk_format vmdk does not match stream data qcow2"),
        ),
        ("some.raw", &["info", "some.raw"], "ami", Expect::FileSize),
    ];
    for (file, arguments, declared, expected) in cases {
        qemu_img(arguments, at);
        let bytes = std::fs::read(at.join(file)).unwrap();
        let size = bytes.len() as u64;
        let (answer, image) = upload(&cloud, &token, declared, bytes).await;
        let context = format!("{file} as {declared}: {answer:?}\n{image:#}");
        match expected {
            VirtualSize => {
                let info = qemu_img(&["info", "--output=json", file], at);
                let info: Value = serde_json::from_slice(&info).unwrap();
                assert_eq!((answer.status, &image["status"]), (204, &json!("active")), "{context}");
                assert_eq!(image["virtual_size"], info["virtual-size"], "{context}");
                assert_eq!(image["size"], size, "{context}");
            }
            FileSize if declared == "ami" => {
                assert_eq!(
                    (answer.status, &image["virtual_size"]),
                    (204, &Value::Null),
                    "{context}"
                );
            }
            FileSize => {
                assert_eq!(
                    (answer.status, &image["virtual_size"]),
                    (204, &json!(size)),
                    "{context}"
                );
            }
            Refused(words) => {
                assert_eq!((answer.status, &image["status"]), (415, &json!("queued")), "{context}");
                assert!(answer.body.as_str().unwrap().contains(words), "{context}");
                assert_eq!(image["size"], Value::Null, "{context}");
            }
        }
    }
}

/// A sector that ends like a partition table, with these four entries.
fn partition_table(entries: [[u8; 16]; 4]) -> Vec<u8> {
    let mut disk = vec![0; 1 << 20];
    for (i, entry) in entries.iter().enumerate() {
        disk[446 + 16 * i..462 + 16 * i].copy_from_slice(entry);
    }
    disk[510..512].copy_from_slice(&[0x55, 0xAA]);
    disk
}

#[tokio::test]
async fn partition_tables_and_optical_media() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let none = [0; 16];
    let linux = [0x80, 0, 1, 1, 0x83, 0, 63, 1, 64, 0, 0, 0, 0, 7, 0, 0];
    let protective = [0, 0, 2, 0, 0xEE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0xFF, 7, 0, 0];
    let mut odd_flag = linux;
    odd_flag[0] = 0x42;
    let mut wrong_start = protective;
    wrong_start[8] = 2;
    let mut iso = partition_table([linux, none, none, none]);
    iso[32768..32775].copy_from_slice(b"\x01CD001\x01");
    iso[32768 + 80] = 200;
    iso[32768 + 129] = 8;
    let mut polyglot = iso.clone();
    polyglot[..4].copy_from_slice(b"QFI\xfb");
    polyglot[7] = 3;
    for (what, disk, declared, expected) in [
        ("one partition", partition_table([linux, none, none, none]), "raw", Ok(1 << 20)),
        ("GPT", partition_table([protective, none, none, none]), "raw", Ok(1 << 20)),
        ("hybrid MBR", partition_table([protective, linux, none, none]), "raw", Err("safety")),
        ("no partition", partition_table([none; 4]), "raw", Err("safety")),
        ("boot flag 0x42", partition_table([odd_flag, none, none, none]), "raw", Err("safety")),
        ("GPT at sector 2", partition_table([wrong_start, none, none, none]), "raw", Err("safety")),
        (
            "a kernel with an odd MBR",
            partition_table([odd_flag, none, none, none]),
            "aki",
            Err("does not match"),
        ),
        ("bootable ISO", iso.clone(), "iso", Ok(200 * 2048)),
        ("bootable ISO as raw", iso, "raw", Ok(1 << 20)),
        ("qcow2 and ISO in one", polyglot, "iso", Err("Multiple formats detected: qcow2,iso,gpt")),
    ] {
        let (answer, image) = upload(&cloud, &token, declared, disk).await;
        match expected {
            Ok(size) => assert_eq!(image["virtual_size"], json!(size), "{what}: {answer:?}"),
            Err(words) => {
                let text = answer.body.as_str().unwrap_or_default();
                assert!(answer.status == 415 && text.contains(words), "{what}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_seeded_disks_are_true_ones() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let list = cloud.get("/image/v2/images?limit=1000&status=active", &token).await;
    let images = list.body["images"].as_array().unwrap();
    assert!(images.len() > 25);
    let folder = cloud.folder().join("dev-1").join("images");
    for image in images {
        let path: PathBuf = folder.join(image["id"].as_str().unwrap());
        let path = path.to_str().unwrap();
        assert_eq!(
            std::fs::metadata(path).unwrap().len(),
            image["size"].as_u64().unwrap(),
            "{image:#}"
        );
        if image["disk_format"] != "qcow2" {
            continue;
        }
        qemu_img(&["check", "-f", "qcow2", path], Path::new("/"));
        let info: Value = serde_json::from_slice(&qemu_img(
            &["info", "-f", "qcow2", "--output=json", path],
            Path::new("/"),
        ))
        .unwrap();
        assert_eq!(info["virtual-size"], image["virtual_size"], "{image:#}");
    }
}
