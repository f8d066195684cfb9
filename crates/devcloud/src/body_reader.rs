//! A request's body, piece by piece, for the services that take large ones.

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::StreamExt;

/// A refused body is read on to here, so that the client gets to see the answer instead of a reset connection. Beyond
/// it the connection is closed, as a real one is.
const READ_ON: u64 = 64 << 20;

/// The body.
pub(crate) struct BodyReader {
    body: BodyDataStream,
    received: u64,
    ended: bool,
}

impl BodyReader {
    pub(crate) fn new(body: Body) -> Self {
        Self { body: body.into_data_stream(), received: 0, ended: false }
    }

    /// The next piece; `None` at the end; an error when the client hung up.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, axum::Error> {
        if self.ended {
            return Ok(None);
        }
        let piece = self.body.next().await.transpose();
        match &piece {
            Ok(Some(piece)) => self.received += piece.len() as u64,
            _ => self.ended = true,
        }
        piece
    }

    /// Bytes that came so far.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Whether all of it was read, or what there will ever be.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// The whole of it, if it is no longer than `most`.
    pub(crate) async fn all(&mut self, most: usize) -> Result<Option<Vec<u8>>, axum::Error> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await? {
            if whole.len() + piece.len() > most {
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole))
    }

    /// Takes what is left and throws it away.
    pub(crate) async fn read_on(mut self) {
        let until = self.received + READ_ON;
        while !self.ended && self.received < until {
            if self.next().await.is_err() {
                return;
            }
        }
    }
}
