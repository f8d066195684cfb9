//! The disk that a volume is: the content of its file as a guest sees it, zeros behind it up to the volume's size; written
//! as raw or as qcow2, piece by piece, in bounded memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use bytes::Bytes;
use disk_image::report::Format;
use disk_image::sparse::{DataMap, Piece, Plan};
use disk_image::{ReadAt, ReadError, Whole};
use tokio::sync::mpsc;

/// How much is read and sent at once.
const PIECE: usize = 256 << 10;
static ZEROS: [u8; PIECE] = [0; PIECE];

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Byte for byte.
    Raw,
    /// What is not zeros, with tables in front.
    Qcow2,
}

impl Target {
    /// By Glance's name; `None` for what this back end cannot write.
    pub fn of(disk_format: &str) -> Option<Self> {
        match disk_format {
            "raw" => Some(Self::Raw),
            "qcow2" => Some(Self::Qcow2),
            _ => None,
        }
    }
}

/// The disk in the file at `path` (of the format that Glance named), as `target`, made by a thread of its own. The last piece may be
/// an error.
pub fn pieces(
    path: Option<PathBuf>,
    format: String,
    size_bytes: u64,
    target: Target,
) -> mpsc::Receiver<io::Result<Bytes>> {
    let (to, from) = mpsc::channel(8);
    tokio::task::spawn_blocking(move || {
        let sent = write(path, &format, size_bytes, target, &to);
        if let Err(Stopped::Failed(error)) = sent {
            // Nobody listens any more: the image is not to be.
            drop(to.blocking_send(Err(error)));
        }
    });
    from
}

/// Why no more pieces come.
enum Stopped {
    /// The reader is gone.
    Unwanted,
    Failed(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<ReadError> for Stopped {
    fn from(error: ReadError) -> Self {
        Self::Failed(io::Error::other(error))
    }
}

type Pieces = mpsc::Sender<io::Result<Bytes>>;

fn send(to: &Pieces, piece: Bytes) -> Result<(), Stopped> {
    to.blocking_send(Ok(piece)).map_err(|_| Stopped::Unwanted)
}

fn write(
    path: Option<PathBuf>,
    format: &str,
    size_bytes: u64,
    target: Target,
    to: &Pieces,
) -> Result<(), Stopped> {
    let file = path.map(File::open).transpose()?.map(OnDisk);
    let whole = match &file {
        Some(file) => {
            let opened = Whole::open(file, kind(format));
            Some(opened.map_err(|why| io::Error::other(format!("{format}: {why:?}")))?)
        }
        None => None,
    };
    let disk = Disk { whole, size_bytes };
    match target {
        Target::Raw => disk.send(to, 0, size_bytes),
        Target::Qcow2 => disk.send_qcow2(to),
    }
}

/// The file that Glance checked against the format that was named.
fn kind(format: &str) -> Format {
    match format {
        "qcow2" => Format::Qcow2,
        "vmdk" => Format::Vmdk,
        "vdi" => Format::Vdi,
        "vhd" => Format::Vhd,
        "vhdx" => Format::Vhdx,
        _ => Format::Raw,
    }
}

struct Disk<'a> {
    whole: Option<Whole<'a>>,
    size_bytes: u64,
}

impl Disk<'_> {
    /// How many of the bytes from `offset` on are zeros without reading them; 0 where they must be read.
    fn zeros_at(&self, offset: u64) -> Result<u64, ReadError> {
        let rest = self.size_bytes.saturating_sub(offset);
        match &self.whole {
            Some(whole) if offset < whole.len_bytes() => Ok(whole.zeros_at(offset)?.min(rest)),
            _ => Ok(rest),
        }
    }

    /// At most a piece from `offset` on, not beyond `end`.
    fn read(&self, offset: u64, end: u64) -> Result<Bytes, ReadError> {
        let len = end.saturating_sub(offset).min(PIECE as u64);
        let mut piece = vec![0; usize::try_from(len).unwrap_or(PIECE)];
        if let Some(whole) = &self.whole {
            let there = whole.len_bytes().saturating_sub(offset).min(len);
            if let Some(piece) = piece.get_mut(..usize::try_from(there).unwrap_or(0)) {
                whole.read_at(offset, piece)?;
            }
        }
        Ok(piece.into())
    }

    /// Sends these bytes of the disk.
    fn send(&self, to: &Pieces, start: u64, end: u64) -> Result<(), Stopped> {
        let mut offset = start;
        while offset < end {
            let zeros = self.zeros_at(offset)?.min(end - offset);
            if zeros > 0 {
                send_zeros(to, zeros)?;
                offset += zeros;
                continue;
            }
            let piece = self.read(offset, end)?;
            offset += piece.len() as u64;
            send(to, piece)?;
        }
        Ok(())
    }

    /// Reads the disk once for where its data lies, and once more to send it.
    fn send_qcow2(&self, to: &Pieces) -> Result<(), Stopped> {
        let mut map = DataMap::new(self.size_bytes, usize::MAX);
        let mut offset = 0;
        while offset < self.size_bytes {
            let zeros = self.zeros_at(offset)?;
            if zeros > 0 {
                map.feed_zeros(zeros);
                offset += zeros;
                continue;
            }
            let piece = self.read(offset, self.size_bytes)?;
            map.feed(&piece);
            offset += piece.len() as u64;
        }
        let Some(plan) = Plan::new(map, self.size_bytes) else { return Ok(()) };
        for piece in plan.pieces() {
            match piece {
                Piece::Written(bytes) => send(to, bytes.into())?,
                Piece::Slice { start, end } => self.send(to, start, end)?,
                Piece::Zeros(count) => send_zeros(to, count)?,
            }
        }
        Ok(())
    }
}

fn send_zeros(to: &Pieces, mut count: u64) -> Result<(), Stopped> {
    while count > 0 {
        let len = count.min(PIECE as u64);
        let zeros = ZEROS.get(..usize::try_from(len).unwrap_or(PIECE)).unwrap_or(&ZEROS);
        send(to, Bytes::from_static(zeros))?;
        count -= len;
    }
    Ok(())
}

/// A file for the reader of formats.
struct OnDisk(File);

impl ReadAt for OnDisk {
    fn len_bytes(&self) -> u64 {
        // A file whose length cannot be told cannot be read either.
        self.0.metadata().map_or(0, |metadata| metadata.len())
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        self.0.read_exact_at(into, offset).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ReadError::BeyondEnd { offset, wanted: into.len() },
            _ => ReadError::Source(error.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    async fn all(mut pieces: mpsc::Receiver<io::Result<Bytes>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.recv().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        bytes
    }

    fn disk(folder: &tempfile::TempDir) -> (PathBuf, Vec<u8>) {
        let mut bytes = vec![0; 3 * MIB as usize + 5];
        for (at, byte) in [(0, 1), (70_000, 2), (2_000_000, 3), (3 * MIB as usize + 4, 4)] {
            bytes[at] = byte;
        }
        let path = folder.path().join("disk");
        std::fs::write(&path, &bytes).unwrap();
        (path, bytes)
    }

    #[tokio::test]
    async fn a_raw_disk_is_its_file_and_zeros_up_to_the_volumes_size() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut expected) = disk(&folder);
        expected.resize(8 * MIB as usize, 0);
        let raw = all(pieces(Some(path), "raw".to_owned(), 8 * MIB, Target::Raw)).await;
        assert!(raw == expected);
        let nothing = all(pieces(None, String::new(), MIB, Target::Raw)).await;
        assert!(nothing == vec![0; MIB as usize]);
    }

    #[tokio::test]
    async fn a_qcow2_file_holds_the_same_disk_and_not_its_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut expected) = disk(&folder);
        expected.resize(64 * MIB as usize, 0);
        let qcow2 = all(pieces(Some(path), "raw".to_owned(), 64 * MIB, Target::Qcow2)).await;
        assert!(qcow2.len() < MIB as usize, "{}", qcow2.len());
        let made = folder.path().join("qcow2");
        std::fs::write(&made, &qcow2).unwrap();
        let back = pieces(Some(made), "qcow2".to_owned(), 64 * MIB, Target::Raw);
        assert!(all(back).await == expected);
    }

    #[tokio::test]
    async fn a_file_that_is_not_what_it_is_said_to_be_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = disk(&folder);
        let mut pieces = pieces(Some(path), "qcow2".to_owned(), MIB, Target::Raw);
        assert!(pieces.recv().await.unwrap().is_err());
    }
}
