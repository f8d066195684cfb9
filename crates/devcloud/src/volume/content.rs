//! What is on a volume: the bytes of the image that it was made of, in a file of its own.
//!
//! Nothing ever writes to a volume here (there are no machines), so volumes and snapshots that were made of one another
//! share one file by hard links, as a copy-on-write back end shares its blocks: no image, volume or snapshot loses its bytes when another one goes. A
//! volume without a file is full of zeros.

use std::io;
use std::path::{Path, PathBuf};

use super::error::VolumeError;
use crate::state::Region;

/// The file of a volume or snapshot; there may be none. `id` comes out of a row, so it is a UUID.
pub fn file(region: &Region, id: &str) -> PathBuf {
    folder(region).join(id)
}

fn folder(region: &Region) -> PathBuf {
    region.files.join("volumes")
}

/// Gives a new volume what is in an image; whether the image has bytes.
pub fn of_image(region: &Region, image_id: &str, id: &str) -> Result<bool, VolumeError> {
    same(&crate::image::bytes_of(region, image_id), &file(region, id)).map_err(failed)
}

/// Gives a new volume or snapshot what is on another one.
pub fn share(region: &Region, from: &str, id: &str) -> Result<(), VolumeError> {
    same(&file(region, from), &file(region, id)).map_err(failed)?;
    Ok(())
}

/// A row that is rolled back, or a process that dies before the commit, leaves a file that the next start sweeps up.
fn same(from: &Path, to: &Path) -> io::Result<bool> {
    match std::fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound && !from.exists() => {
            return Ok(false);
        }
        // A file system without hard links, or with too many of this file.
        Err(_) => {
            std::fs::copy(from, to)?;
            std::fs::File::open(to)?.sync_all()?;
        }
    }
    if let Some(folder) = to.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(true)
}

fn failed(error: io::Error) -> VolumeError {
    tracing::error!(%error, "what is on a volume could not be kept");
    VolumeError::new(
        axum::http::StatusCode::INTERNAL_SERVER_ERROR,
        "The server has either erred or is incapable of performing the requested operation.",
    )
}

/// Removes the bytes of a volume or snapshot that is no more.
pub fn remove(region: &Region, id: &str) {
    match std::fs::remove_file(file(region, id)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::error!(%error, id, "bytes of a volume could not be removed");
        }
        _ => {}
    }
}

/// Makes the folder, and removes what belongs to nothing: `keep` knows volumes and snapshots.
pub fn sweep(region: &Region, keep: impl Fn(&str) -> bool) -> io::Result<()> {
    let folder = folder(region);
    std::fs::create_dir_all(&folder)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(&keep) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
