//! Where the bytes lie: `images/` is the store, `staging/` what is waiting for its import.
//!
//! Both stores of the cloud share one file: `stores` in the row says which ones hold it.

use std::path::{Path, PathBuf};

use crate::state::Region;

/// The folders of a region.
#[derive(Debug, Clone)]
pub(super) struct Files {
    root: PathBuf,
}

impl Files {
    pub(super) fn of(region: &Region) -> Self {
        Self::at(&region.files)
    }

    pub(super) fn at(files: &Path) -> Self {
        Self { root: files.to_owned() }
    }

    /// The file of an image with data. `id` comes out of a row, so it is a UUID.
    pub(super) fn stored(&self, id: &str) -> PathBuf {
        self.root.join("images").join(id)
    }

    /// The file of a staged image.
    pub(super) fn staged(&self, id: &str) -> PathBuf {
        self.root.join("staging").join(id)
    }

    /// Makes the folders.
    pub(super) fn prepare(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(self.root.join("images"))?;
        std::fs::create_dir_all(self.root.join("staging"))
    }

    /// Removes whatever bytes an image has.
    pub(super) async fn remove(&self, id: &str) {
        for path in [self.stored(id), self.staged(id)] {
            remove(&path).await;
        }
    }

    /// Removes the bytes of images that are no more: `keep` knows the others.
    pub(super) fn sweep(&self, keep: impl Fn(&str) -> bool) -> std::io::Result<()> {
        for folder in ["images", "staging"] {
            for entry in std::fs::read_dir(self.root.join(folder))? {
                let entry = entry?;
                if !entry.file_name().to_str().is_some_and(&keep) {
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }
}

/// Removes a file; that there is none is fine.
pub(super) async fn remove(path: &Path) {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::error!(%error, path = %path.display(), "image bytes could not be removed");
        }
        _ => {}
    }
}

/// Moves staged bytes into the store so that a power cut leaves one of the two.
pub(super) async fn promote(from: PathBuf, to: PathBuf) -> std::io::Result<()> {
    let work = tokio::task::spawn_blocking(move || {
        std::fs::rename(&from, &to)?;
        sync_folder(&to)
    });
    work.await.map_err(std::io::Error::other)?
}

/// Makes a new name in a folder durable.
pub(super) fn sync_folder(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
