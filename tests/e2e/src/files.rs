//! Real input: disk images made by `qemu-img`, a web server to import from, and an authenticator's code.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::Trouble;

/// A qcow2 of so many MiB of data that does not compress away, made by `qemu-img` in `folder`.
///
/// # Errors
/// When `qemu-img` is missing (Debian package `qemu-utils`) or fails.
pub async fn qcow2(folder: &Path, name: &str, data_mib: usize) -> Result<PathBuf, Trouble> {
    let raw = folder.join(format!("{name}.tmp"));
    let path = folder.join(name);
    // A small generator: the bytes only have to differ from each other and be the same every time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(data_mib << 20);
    while bytes.len() < data_mib << 20 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    tokio::fs::write(&raw, bytes).await?;
    let done = Command::new("qemu-img")
        .args(["convert", "-f", "raw", "-O", "qcow2"])
        .args([&raw, &path])
        .output()
        .await
        .map_err(|error| format!("cannot run qemu-img: {error}"))?;
    if !done.status.success() {
        return Err(format!("qemu-img: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    tokio::fs::remove_file(&raw).await?;
    Ok(path)
}

/// A raw disk of so many bytes, no two MiB of which are the same and none of which compresses away. The same `seed`
/// gives the same bytes.
///
/// # Errors
/// When the disk is full.
pub async fn noise(
    folder: &Path,
    name: &str,
    size_bytes: usize,
    seed: u64,
) -> Result<PathBuf, Trouble> {
    let path = folder.join(name);
    let mut file = tokio::fs::File::create(&path).await?;
    // xorshift64*: the bytes only have to differ.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut left = size_bytes;
    while left > 0 {
        let mut piece = Vec::with_capacity(1 << 20);
        while piece.len() < 1 << 20 {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            piece.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
        }
        piece.truncate(left);
        left -= piece.len();
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    Ok(path)
}

/// A raw disk of zeros, which takes no room on this one.
///
/// # Errors
/// When the file system knows no holes.
pub fn zeros(folder: &Path, name: &str, size_bytes: u64) -> Result<PathBuf, Trouble> {
    let path = folder.join(name);
    std::fs::File::create(&path)?.set_len(size_bytes)?;
    Ok(path)
}

/// A qcow2 with a boot sector and one partition, whose file system (ext4, made by `mke2fs`) says that it holds Debian with
/// cloud-init and the guest agent.
///
/// # Errors
/// When `mke2fs` or `qemu-img` is missing or fails.
pub async fn disk_with_debian(folder: &Path, name: &str) -> Result<PathBuf, Trouble> {
    let root = folder.join("root");
    for (path, text) in [
        (
            "etc/os-release",
            "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n",
        ),
        ("etc/cloud/cloud.cfg", "system_info:\n  default_user:\n    name: debian\n"),
        ("usr/bin/cloud-init", "#!/usr/bin/python3\n"),
        ("usr/sbin/qemu-ga", "the guest agent\n"),
    ] {
        let path = root.join(path);
        tokio::fs::create_dir_all(path.parent().ok_or("a path below the root")?).await?;
        tokio::fs::write(path, text).await?;
    }
    let (inside, raw) = (folder.join(format!("{name}.ext4")), folder.join(format!("{name}.raw")));
    let path = folder.join(name);
    let mut make = Command::new("mke2fs");
    // Debian keeps it where only root's PATH leads.
    make.env("PATH", format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default()));
    make.args(["-q", "-t", "ext4", "-L", "cloudimg-rootfs", "-d"])
        .args([&root, &inside])
        .arg("96M");
    let mut convert = Command::new("qemu-img");
    convert.args(["convert", "-f", "raw", "-O", "qcow2"]).args([&raw, &path]);
    run(make).await?;
    let file_system = tokio::fs::read(&inside).await?;
    tokio::fs::write(&raw, bootable(&file_system)?).await?;
    run(convert).await?;
    tokio::fs::remove_file(&raw).await?;
    Ok(path)
}

async fn run(mut command: Command) -> Result<(), Trouble> {
    let done =
        command.output().await.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !done.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(())
}

/// A disk with a boot sector, whose one partition begins at 1 MiB and holds these bytes.
fn bootable(file_system: &[u8]) -> Result<Vec<u8>, Trouble> {
    const START: u32 = 2048;
    let mut sector = vec![0_u8; 512];
    // What a processor runs first: it stops. That is enough to be told from no code at all.
    sector.splice(..3, [0xfa, 0xf4, 0xeb]);
    // The entry: active, of Linux, its first sector and how many.
    let mut entry = vec![0x80, 0, 0, 0, 0x83, 0, 0, 0];
    entry.extend(START.to_le_bytes());
    entry.extend(u32::try_from(file_system.len() / 512)?.to_le_bytes());
    sector.splice(446..462, entry);
    sector.splice(510.., [0x55, 0xaa]);
    sector.resize(START as usize * 512, 0);
    sector.extend_from_slice(file_system);
    Ok(sector)
}

/// Serves one file on a free port of loopback for as long as the test runs, and returns its URL.
///
/// # Errors
/// When no port is free.
pub async fn serve_file(path: &Path) -> Result<String, Trouble> {
    let bytes = tokio::fs::read(path).await?;
    let name = path.file_name().ok_or("a file has a name")?.to_string_lossy().into_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let bytes = bytes.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                // One read is the whole request of a client that only asks.
                if stream.read(&mut request).await.is_err() {
                    return;
                }
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    bytes.len()
                );
                // A client that hangs up early is its own matter.
                if stream.write_all(head.as_bytes()).await.is_ok() {
                    drop(stream.write_all(&bytes).await);
                }
            });
        }
    });
    Ok(format!("http://{address}/{name}"))
}

/// The code that an authenticator app shows now for a base32 secret (RFC 6238: SHA-1, 6 digits, 30 s).
///
/// # Errors
/// When the secret is no base32.
pub fn totp_code(secret: &str) -> Result<String, Trouble> {
    let mut key = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in secret.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return Err("not base32".into()),
        };
        bits = (bits << 5) | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            key.push(u8::try_from((bits >> count) & 0xff)?);
        }
    }
    let step = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 30;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key)?;
    mac.update(&step.to_be_bytes());
    let digest: Vec<u8> = mac.finalize().into_bytes().to_vec();
    let offset = usize::from(digest.last().copied().unwrap_or(0) & 0xf);
    let word: [u8; 4] = digest.get(offset..offset + 4).ok_or("a SHA-1 has 20 bytes")?.try_into()?;
    Ok(format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000))
}
