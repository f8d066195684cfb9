//! Bytes on their way out: read by a thread, a piece ahead of the connection, never whole objects in memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::slo_read::Walk;
use super::span::Span;

/// What is read at once.
const PIECE: u64 = 512 << 10;
/// How many pieces wait for the connection.
const AHEAD: usize = 4;

/// A part of a file.
pub(super) struct Leaf {
    file: File,
    span: Span,
}

impl Leaf {
    pub(super) async fn open(path: &Path, span: Span) -> io::Result<Self> {
        let file = tokio::fs::File::open(path).await?.into_std().await;
        Ok(Self { file, span })
    }

    /// Sends it all; whether somebody is still there to take more.
    fn send(&self, to: &mpsc::Sender<io::Result<Bytes>>) -> bool {
        let (mut position, end) = (self.span.start, self.span.start + self.span.length);
        while position < end {
            let length = PIECE.min(end - position);
            let mut piece = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
            let read = self.file.read_exact_at(&mut piece, position).map(|()| Bytes::from(piece));
            let failed = read.is_err();
            if to.blocking_send(read).is_err() || failed {
                return false;
            }
            position += length;
        }
        true
    }
}

/// `first`, and then what the walk through a manifest still finds. A segment that is missing breaks the connection: the
/// headers are out by then.
pub(super) fn body(first: Option<Leaf>, mut rest: Option<Walk>) -> Body {
    let (to, from) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
    tokio::spawn(async move {
        let mut leaf = first;
        loop {
            if let Some(leaf) = leaf.take() {
                let to = to.clone();
                let sent = tokio::task::spawn_blocking(move || leaf.send(&to)).await;
                if !sent.unwrap_or(false) {
                    return;
                }
            }
            let Some(walk) = &mut rest else { return };
            match walk.next().await {
                Ok(Some(next)) => leaf = Some(next),
                Ok(None) => return,
                Err(problem) => {
                    tracing::info!(%problem, "409 Conflict in a large object that is being sent");
                    // Whoever reads may be gone already.
                    let _ = to.send(Err(io::Error::other(problem))).await;
                    return;
                }
            }
        }
    });
    Body::from_stream(stream::unfold(from, |mut from| async move {
        let piece = from.recv().await?;
        Some((piece, from))
    }))
}
