//! Bytes on their way to disk: written, hashed and inspected at the same time, in bounded memory.
//!
//! Each piece goes to three threads (disk, SHA-512, MD5 with inspection), which share its memory; the slowest sets the pace. The file is on
//! disk (`fsync`, its folder too) when [`Sink::finish`] returns. Runs of zeros become holes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha512};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::files;
use super::inspect::{Finding, Inspector};
use crate::sparse::{self, hex};

/// How many pieces may wait for each thread. Hyper's pieces are at most about 400 KiB.
const WAITING: usize = 24;
/// Dirty pages are sent to the disk this often, so that the last `fsync` is short.
const SYNC_EVERY: u64 = 256 << 20;

/// What the bytes were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) size: u64,
    pub(super) md5: String,
    pub(super) sha512: String,
    pub(super) finding: Finding,
}

/// The two hashing threads.
struct Hashers {
    to: [mpsc::Sender<Bytes>; 2],
    sha512: JoinHandle<String>,
    md5: JoinHandle<(String, Finding)>,
}

impl Hashers {
    fn start() -> Self {
        let (to_sha512, mut from) = mpsc::channel::<Bytes>(WAITING);
        let sha512 = tokio::task::spawn_blocking(move || {
            let mut hash = Sha512::new();
            while let Some(piece) = from.blocking_recv() {
                hash.update(&piece);
            }
            hex(&hash.finalize())
        });
        let (to_md5, mut from) = mpsc::channel::<Bytes>(WAITING);
        let md5 = tokio::task::spawn_blocking(move || {
            let (mut hash, mut inspector) = (Md5::new(), Inspector::new());
            while let Some(piece) = from.blocking_recv() {
                hash.update(&piece);
                inspector.push(&piece);
            }
            (hex(&hash.finalize()), inspector.finish())
        });
        Self { to: [to_sha512, to_md5], sha512, md5 }
    }

    async fn push(&self, piece: &Bytes) -> io::Result<()> {
        for thread in &self.to {
            thread.send(piece.clone()).await.map_err(io::Error::other)?;
        }
        Ok(())
    }

    async fn finish(self, size: u64) -> io::Result<Summary> {
        drop(self.to);
        let sha512 = self.sha512.await.map_err(io::Error::other)?;
        let (md5, finding) = self.md5.await.map_err(io::Error::other)?;
        Ok(Summary { size, md5, sha512, finding })
    }
}

/// A file being received.
pub(super) struct Sink {
    path: PathBuf,
    to_disk: mpsc::Sender<Bytes>,
    disk: JoinHandle<io::Result<u64>>,
    hashers: Hashers,
}

impl Sink {
    /// Starts the threads; a file that is there already is replaced.
    pub(super) fn open(path: PathBuf) -> Self {
        let (to_disk, from) = mpsc::channel(WAITING);
        let target = path.clone();
        let disk = tokio::task::spawn_blocking(move || write(&target, from));
        Self { path, to_disk, disk, hashers: Hashers::start() }
    }

    /// The next piece. An error means that the disk has one, which [`Sink::finish`] tells.
    pub(super) async fn push(&self, piece: Bytes) -> io::Result<()> {
        if piece.is_empty() {
            return Ok(());
        }
        self.to_disk.send(piece.clone()).await.map_err(io::Error::other)?;
        self.hashers.push(&piece).await
    }

    /// The last piece has been pushed.
    pub(super) async fn finish(self) -> io::Result<Summary> {
        drop(self.to_disk);
        let size = self.disk.await.map_err(io::Error::other)??;
        self.hashers.finish(size).await
    }

    /// Nothing is to remain.
    pub(super) async fn abandon(self) {
        drop(self.to_disk);
        if let Ok(Err(error)) = self.disk.await {
            tracing::error!(%error, path = %self.path.display(), "image bytes could not be written");
        }
        files::remove(&self.path).await;
    }
}

/// Reads a file that is there, for its hashes and its format.
pub(super) async fn summarise(path: &Path) -> io::Result<Summary> {
    let path = path.to_owned();
    let hashers = Hashers::start();
    let to = hashers.to.clone();
    let reader = tokio::task::spawn_blocking(move || -> io::Result<u64> {
        let mut file = File::open(path)?;
        let mut size = 0;
        loop {
            let mut piece = Vec::with_capacity(256 << 10);
            file.by_ref().take(256 << 10).read_to_end(&mut piece)?;
            if piece.is_empty() {
                return Ok(size);
            }
            size += piece.len() as u64;
            let piece = Bytes::from(piece);
            for thread in &to {
                thread.blocking_send(piece.clone()).map_err(io::Error::other)?;
            }
        }
    });
    let size = reader.await.map_err(io::Error::other)??;
    hashers.finish(size).await
}

/// What these bytes are.
pub(super) fn summary_of(bytes: &[u8]) -> Summary {
    let mut inspector = Inspector::new();
    inspector.push(bytes);
    Summary {
        size: bytes.len() as u64,
        md5: hex(&Md5::digest(bytes)),
        sha512: hex(&Sha512::digest(bytes)),
        finding: inspector.finish(),
    }
}

fn write(path: &Path, mut from: mpsc::Receiver<Bytes>) -> io::Result<u64> {
    let file = File::create(path)?;
    let (mut position, mut unsynced) = (0, 0);
    while let Some(piece) = from.blocking_recv() {
        unsynced += sparse::write(&file, position, &piece)?;
        position += piece.len() as u64;
        if unsynced >= SYNC_EVERY {
            file.sync_data()?;
            unsynced = 0;
        }
    }
    file.set_len(position)?;
    file.sync_all()?;
    files::sync_folder(path)?;
    Ok(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_pushed_is_what_lies_on_disk_holes_and_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let mut data = vec![7_u8; 100_000];
        data.extend(vec![0; 500_000]);
        data.extend(vec![9; 3]);
        data.extend(vec![0; 200_000]);
        let sink = Sink::open(path.clone());
        for piece in data.chunks(70_001) {
            sink.push(Bytes::copy_from_slice(piece)).await.unwrap();
        }
        let summary = sink.finish().await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), data);
        assert_eq!(summary.size, data.len() as u64);
        assert_eq!(summary, summarise(&path).await.unwrap());
    }

    #[tokio::test]
    async fn the_digests_of_nothing_are_the_known_ones() {
        let folder = tempfile::tempdir().unwrap();
        let summary = Sink::open(folder.path().join("f")).finish().await.unwrap();
        assert_eq!(summary.md5, "d41d8cd98f00b204e9800998ecf8427e");
        assert!(
            summary
                .sha512
                .starts_with("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce")
        );
    }

    #[tokio::test]
    async fn an_abandoned_file_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let sink = Sink::open(path.clone());
        sink.push(Bytes::from_static(b"x")).await.unwrap();
        sink.abandon().await;
        assert!(!path.exists());
    }
}
