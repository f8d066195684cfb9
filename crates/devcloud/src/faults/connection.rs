//! A handle on the TCP connection that a request came in by, so that a fault can break it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// The handle. Clones are the same connection.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    peer: SocketAddr,
    end: CancellationToken,
    with_reset: Arc<AtomicBool>,
}

impl Connection {
    pub(crate) fn new(peer: SocketAddr) -> Self {
        Self { peer, end: CancellationToken::new(), with_reset: Arc::default() }
    }

    /// Who is at the other end.
    pub(crate) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Ends it with RST: the other side gets "connection reset by peer".
    pub(super) fn reset(&self) {
        self.with_reset.store(true, Ordering::SeqCst);
        self.end.cancel();
    }

    /// Ends it with FIN: the other side sees the end of the stream where an answer should be.
    pub(super) fn close(&self) {
        self.end.cancel();
    }

    /// Comes back when one of the two was called. Whoever serves the connection must drop it then.
    pub(crate) async fn broken(&self) {
        self.end.cancelled().await;
    }

    /// Makes the stream end in the way that was chosen.
    pub(crate) fn wrap(&self, stream: TcpStream) -> Stream {
        Stream { stream, with_reset: Arc::clone(&self.with_reset) }
    }
}

/// A TCP stream that is reset instead of closed when a fault said so.
pub(crate) struct Stream {
    stream: TcpStream,
    with_reset: Arc<AtomicBool>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        // With a linger time of zero the kernel answers close() with RST and forgets what is
        // unsent.
        if self.with_reset.load(Ordering::SeqCst)
            && let Err(error) = self.stream.set_zero_linger()
        {
            tracing::warn!(%error, "resetting a connection");
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
