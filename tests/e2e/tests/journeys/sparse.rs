//! Sending a raw disk without its zeros: what the cloud stores is, to `qemu-img`, the same disk.
//!
//! In Chromium: Firefox does not notice that a file has changed, so nothing is left out there (`src/inspector.rs`).

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use slipway_e2e::{Kind, Outcome, Stage, Trouble, journey_in, like};
use tokio::process::Command;

const MIB: u64 = 1 << 20;
const SIZE: u64 = 64 * MIB;

/// A disk with a partition table, and data here and there, also in its last sector.
fn raw_disk(folder: &Path) -> Result<PathBuf, Trouble> {
    let path = folder.join("holey.raw");
    let mut file = std::fs::File::create(&path)?;
    file.set_len(SIZE)?;
    let mut write = |at: u64, bytes: &[u8]| {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    };
    let mut sector = [0; 512];
    // A jump, as boot code begins with one, and a Linux partition from sector 2048 on.
    sector[..3].copy_from_slice(&[0xeb, 0x63, 0x90]);
    let last = u32::try_from(SIZE / 512)? - 2048;
    sector[446..450].copy_from_slice(&[0x80, 0x20, 0x21, 0]);
    sector[450..454].copy_from_slice(&[0x83, 0xff, 0xff, 0xff]);
    sector[454..458].copy_from_slice(&2048_u32.to_le_bytes());
    sector[458..462].copy_from_slice(&last.to_le_bytes());
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    write(0, &sector)?;
    write(5 * MIB + 777, &vec![0xa5; 300_000])?;
    write(40 * MIB - 1, &[1, 2])?;
    write(SIZE - 1, &[3])?;
    Ok(path)
}

/// Chooses the disk on the create page and that it be sent as qcow2.
async fn choose(stage: &Stage, disk: &Path) -> Outcome {
    let user = &stage.user;
    user.sign_in("demo", "demo-secret", "demo").await?;
    user.open("/images/create").await?;
    user.pick_file("Disk image file", disk).await?;
    user.read("zeros that need not travel").await?;
    user.click("radio", like("As qcow2")).await?;
    user.until("the format of what is sent", async || {
        Ok(user.value("Disk format").await? == "qcow2")
    })
    .await
}

/// The image's data as any client gets it.
async fn stored(stage: &Stage, id: &str) -> Result<PathBuf, Trouble> {
    let url = stage.cloud.url();
    let url = url.trim_end_matches('/');
    let http = reqwest::Client::new();
    let ask = serde_json::json!({ "auth": {
        "identity": { "methods": ["password"], "password": { "user": {
            "name": "demo", "password": "demo-secret", "domain": { "id": "default" } } } },
        "scope": { "project": { "name": "demo", "domain": { "id": "default" } } } } });
    let answer = http.post(format!("{url}/identity/v3/auth/tokens")).json(&ask).send().await?;
    let token = answer.headers().get("x-subject-token").ok_or("a token")?.clone();
    let data = http
        .get(format!("{url}/image/v2/images/{id}/file"))
        .header("x-auth-token", token)
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    let path = stage.folder.path().join("stored.qcow2");
    tokio::fs::write(&path, data).await?;
    Ok(path)
}

async fn qemu_img(arguments: &[&str]) -> Result<String, Trouble> {
    let done = Command::new("qemu-img").args(arguments).output().await?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() {
        return Ok(said);
    }
    Err(format!("qemu-img {arguments:?}: {said}{}", String::from_utf8_lossy(&done.stderr)).into())
}

#[tokio::test]
async fn a_raw_disk_is_sent_as_qcow2_without_its_zeros() -> Outcome {
    journey_in(
        Kind::Chromium,
        "sparse",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let disk = raw_disk(stage.folder.path())?;
            choose(stage, &disk).await?;
            user.click("button", "Create image").await?;
            user.see("heading", "holey").await?;
            user.read("SHA-512 equal").await?;
            user.read("Active").await?;
            let path = user.path().await?;
            let id = path.trim_start_matches("/images/").split('?').next().unwrap_or_default();
            let stored = stored(stage, id).await?;
            assert!(tokio::fs::metadata(&stored).await?.len() < 2 * MIB, "the zeros stayed here");
            let (disk, stored) = (disk.to_str().ok_or("a path")?, stored.to_str().ok_or("a path")?);
            qemu_img(&["compare", "-f", "raw", "-F", "qcow2", disk, stored]).await?;
            assert!(qemu_img(&["check", "-f", "qcow2", stored]).await?.contains("No errors"));
            let info = qemu_img(&["info", "-f", "qcow2", stored]).await?;
            assert!(info.contains(&format!("({SIZE} bytes)")), "{info}");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_disk_that_was_changed_after_it_was_looked_at_is_not_sent() -> Outcome {
    journey_in(
        Kind::Chromium,
        "sparse-changed",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let disk = raw_disk(stage.folder.path())?;
            choose(stage, &disk).await?;
            // Zeros that are data now would be lost without a word.
            let mut file = std::fs::OpenOptions::new().write(true).open(&disk)?;
            file.seek(SeekFrom::Start(20 * MIB))?;
            file.write_all(b"new data")?;
            drop(file);
            user.click("button", "Create image").await?;
            user.read("could not be read to its end").await?;
            user.open("/images?tab=private").await?;
            user.see("link", like("web-1-before-upgrade")).await?;
            user.gone("link", "holey").await
        },
    )
    .await
}
