//! The host's part of `createImage`: the steps up to the upload, and the upload (`snapshot_instance` in
//! `nova/compute/manager.py`).

use std::io;
use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

use super::error::ComputeError;
use super::model::{Server, SnapshotUnderWay, Source};
use super::states::Task;
use super::{history, life};
use crate::image::{self, made};
use crate::records;
use crate::state::Region;

/// The steps on the host before the upload.
pub fn advance(server: &mut Server, region: &Region, now: Timestamp) {
    let next = match server.task {
        Some(Task::ImageSnapshotPending) => Task::ImageSnapshot,
        Some(Task::ImageSnapshot) => Task::ImagePendingUpload,
        _ => Task::ImageUploading,
    };
    life::begin(server, region, now, Some(next));
}

/// The upload itself, over when the row says so. The server stays as it was, whatever becomes of the image: without its upload
/// it is deleted (`delete_image_on_error` in `nova/compute/manager.py`).
pub async fn upload(region: &Region, server: Server) -> Result<(), ComputeError> {
    let Some(SnapshotUnderWay { image_id, payer }) = server.snapshot.clone() else { return Ok(()) };
    let filled = made::fill(region, &payer, &image_id, content(region, &server)).await;
    let failure = match filled {
        Ok(()) => None,
        // Somebody deleted it: Nova notes that, and all is well.
        Err(refused) if matches!(refused.status, StatusCode::NOT_FOUND | StatusCode::GONE) => None,
        // It is active already: a kill came between the image's end and the server's.
        Err(refused) if refused.status == StatusCode::CONFLICT => None,
        Err(refused) => {
            tracing::info!(image = image_id, reason = refused.message, "a snapshot is not taken");
            made::discard(region, &image_id).await?;
            Some(format!(
                "Quota exceeded or out of space for image {image_id} in the image service."
            ))
        }
    };
    let now = region.clock.now();
    region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            let Some(mut server) = records::get::<Server>(tx, &server.id)? else { return Ok(()) };
            // It is being deleted meanwhile.
            if server.task != Some(Task::ImageUploading) {
                return Ok(());
            }
            history::end_event(tx, now, &server, failure.as_deref())?;
            server.snapshot = None;
            let state = server.vm_state;
            life::settle(&mut server, now, state);
            Ok(records::put(tx, &server)?)
        })
        .await
}

/// The bytes: those of the image that the server was made of, since nothing ever writes to a disk here; without them a small disk.
fn content(region: &Region, server: &Server) -> made::Source {
    let root = server.disks.first();
    let facts = root.and_then(|disk| match &disk.source {
        Source::Image(facts) => Some(facts),
        _ => None,
    });
    let format = facts.map_or("", |facts| facts.disk_format.as_str());
    let path = facts.map(|facts| image::bytes_of(region, &facts.id)).filter(|path| path.exists());
    let path = path.filter(|_| format == disk_format(format));
    let size = root.and_then(|disk| u64::try_from(disk.size_gib).ok()).unwrap_or(1) << 30;
    let small = image::small_disk(disk_format(format), size, &server.id);
    let (to, from) = mpsc::channel(8);
    let (region, due) = (region.clone(), server.due.unwrap_or(0));
    tokio::spawn(async move {
        let sent = async {
            while region.clock.now().as_microsecond() < due {
                // A test may shift the clock meanwhile.
                let wait = due.saturating_sub(region.clock.now().as_microsecond()).min(1_000_000);
                tokio::time::sleep(Duration::from_micros(u64::try_from(wait).unwrap_or(0))).await;
            }
            match path {
                Some(path) => send_file(&path, &to).await,
                None => drop(to.send(Ok(Bytes::from(small))).await),
            }
        };
        tokio::select! {
            () = sent => {}
            () = to.closed() => {}
        }
    });
    made::Source::Pieces(from)
}

async fn send_file(path: &Path, to: &mpsc::Sender<io::Result<Bytes>>) {
    const PIECE: u64 = 256 << 10;
    let mut file = match tokio::fs::File::open(path).await {
        Ok(file) => file,
        Err(error) => return drop(to.send(Err(error)).await),
    };
    loop {
        let mut piece = Vec::new();
        let read = (&mut file).take(PIECE).read_to_end(&mut piece).await;
        let last = !matches!(read, Ok(1..));
        let piece = read.map(|_| Bytes::from(piece));
        // Nobody listens any more: the image is not to be.
        if to.send(piece).await.is_err() || last {
            return;
        }
    }
}

/// What the host's disks are: qcow2 files, unless they are what was downloaded.
pub fn disk_format(of_image: &str) -> &'static str {
    if of_image == "raw" { "raw" } else { "qcow2" }
}
