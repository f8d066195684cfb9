//! The bytes: one file for each object, named by chance, so that a new version never touches the old one's readers.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use md5::{Digest, Md5};
use tokio::sync::mpsc;

use crate::body_reader::BodyReader;
use crate::sparse;
use crate::state::Region;

/// How many pieces may wait for the writer. Hyper's pieces are at most about 400 KiB.
const WAITING: usize = 8;

/// Folder of the region's objects.
pub(super) fn folder(region: &Region) -> PathBuf {
    region.files.join("objects")
}

/// A file that is being written: gone again unless it is kept.
pub(super) struct Draft {
    folder: PathBuf,
    name: String,
    kept: bool,
}

impl Draft {
    pub(super) fn new(region: &Region) -> Self {
        let name = uuid::Uuid::new_v4().simple().to_string();
        Self { folder: folder(region), name, kept: false }
    }

    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// A row names it now.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            discard(&self.path());
        }
    }
}

/// Removes a file that no row names any more; that there is none is fine.
pub(super) fn discard(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::error!(%error, path = %path.display(), "an object's file could not be removed");
        }
        _ => {}
    }
}

/// What was written.
pub(super) struct Written {
    pub(super) bytes: u64,
    pub(super) md5: String,
}

/// Why a body did not become a file.
pub(super) enum Lost {
    /// The client went away, or the body was shorter than it was said to be.
    Client,
    /// It is longer than an object may be.
    TooLarge,
    /// Our disk.
    Disk(io::Error),
}

/// Takes the body into the file, hashing it on the way. Memory stays bounded: the slowest sets the pace.
pub(super) async fn write(
    draft: &Draft,
    body: &mut BodyReader,
    most: u64,
) -> Result<Written, Lost> {
    let (to_disk, from) = mpsc::channel(WAITING);
    let path = draft.path();
    let writer = tokio::task::spawn_blocking(move || write_all(&path, from));
    let mut lost = None;
    loop {
        match body.next().await {
            Ok(Some(piece)) => {
                if body.received() > most {
                    lost = Some(Lost::TooLarge);
                    break;
                }
                // A writer that takes no more has met an error, which it tells below.
                if to_disk.send(piece).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(_) => {
                lost = Some(Lost::Client);
                break;
            }
        }
    }
    drop(to_disk);
    let written = writer.await.map_err(|error| Lost::Disk(io::Error::other(error)))?;
    match lost {
        Some(lost) => Err(lost),
        None => written.map_err(Lost::Disk),
    }
}

fn write_all(path: &Path, mut from: mpsc::Receiver<Bytes>) -> io::Result<Written> {
    let file = File::create(path)?;
    let mut hash = Md5::new();
    let mut position = 0;
    while let Some(piece) = from.blocking_recv() {
        hash.update(&piece);
        sparse::write(&file, position, &piece)?;
        position += piece.len() as u64;
    }
    finish(&file, path, position)?;
    Ok(Written { bytes: position, md5: sparse::hex(&hash.finalize()) })
}

/// Writes bytes that are in memory: a manifest.
pub(super) async fn write_bytes(draft: &Draft, bytes: Vec<u8>) -> io::Result<()> {
    let path = draft.path();
    let work = tokio::task::spawn_blocking(move || {
        std::fs::write(&path, &bytes)?;
        finish(&File::open(&path)?, &path, bytes.len() as u64)
    });
    work.await.map_err(io::Error::other)?
}

/// The bytes and the name are on disk before a row names them.
fn finish(file: &File, path: &Path, length: u64) -> io::Result<()> {
    if file.metadata()?.len() != length {
        file.set_len(length)?;
    }
    file.sync_data()?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Removes files that no object has. Called at a start, before the first request.
pub(super) fn sweep(folder: &Path, named: &std::collections::HashSet<String>) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| named.contains(name)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
