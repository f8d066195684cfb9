//! What the readers of formats keep: chunks of tables, and what was decompressed last.

use std::cell::RefCell;

use crate::read::{Fields, ReadAt, ReadError};

/// Entries of tables are fetched by this many bytes: 512 of qcow2's, 32 MiB of disk at the usual cluster size.
const CHUNK_BYTES: u64 = 4096;
const CHUNKS_KEPT: usize = 64;
/// How much of decompressed data is kept: four of qcow2's largest clusters.
const UNPACKED_BYTES: usize = 8 * 1024 * 1024;
const UNPACKED_PIECES: usize = 64;

/// Tables of a file, read in chunks when they are needed, never whole.
#[derive(Default)]
pub(super) struct Tables(RefCell<Vec<(u64, Vec<u8>)>>);

impl Tables {
    /// Entry `index` of `N` bytes in the table at `table`.
    pub(super) fn entry<const N: usize>(
        &self,
        file: &dyn ReadAt,
        table: u64,
        index: u64,
    ) -> Result<[u8; N], ReadError> {
        let beyond = ReadError::BeyondEnd { offset: table, wanted: N };
        let at = index.checked_mul(N as u64).and_then(|skip| table.checked_add(skip));
        let at = at.ok_or_else(|| beyond.clone())?;
        let start = at - at % CHUNK_BYTES;
        let inside = (at - start) as usize;
        if inside + N > CHUNK_BYTES as usize {
            // Only tables that begin at odd places have entries across chunks.
            let mut entry = [0; N];
            return file.read_at(at, &mut entry).map(|()| entry);
        }
        let mut chunks = self.0.borrow_mut();
        if !chunks.iter().any(|(offset, _)| *offset == start) {
            let len = file.len_bytes().saturating_sub(start).min(CHUNK_BYTES) as usize;
            let mut bytes = vec![0; len];
            file.read_at(start, &mut bytes)?;
            if chunks.len() >= CHUNKS_KEPT {
                chunks.remove(0);
            }
            chunks.push((start, bytes));
        }
        let chunk = chunks.iter().find(|(offset, _)| *offset == start);
        chunk.and_then(|(_, bytes)| bytes.array(inside)).ok_or(beyond)
    }
}

/// The last pieces that were decompressed, by what points to them: large ones hold many pages.
#[derive(Default)]
pub(super) struct Unpacked(RefCell<Vec<(u64, Vec<u8>)>>);

impl Unpacked {
    /// Fills `into` from `inside` the piece of this key, which is made when it is not kept.
    pub(super) fn read(
        &self,
        key: u64,
        inside: u64,
        into: &mut [u8],
        make: impl FnOnce() -> Result<Vec<u8>, ReadError>,
    ) -> Result<(), ReadError> {
        let mut kept = self.0.borrow_mut();
        if !kept.iter().any(|(other, _)| *other == key) {
            let piece = make()?;
            let most = (UNPACKED_BYTES / piece.len().max(1)).clamp(1, UNPACKED_PIECES);
            while kept.len() >= most {
                kept.remove(0);
            }
            kept.push((key, piece));
        }
        let start = inside as usize;
        kept.iter()
            .find(|(other, _)| *other == key)
            .and_then(|(_, piece)| piece.get(start..start.checked_add(into.len())?))
            .map(|bytes| into.copy_from_slice(bytes))
            .ok_or(ReadError::BeyondEnd { offset: inside, wanted: into.len() })
    }
}
