//! The first filling: a public catalogue, a few images of the two projects, and invented ones for scale.
//!
//! Deterministic but for ids and dates; behind every image with data lie real bytes with true hashes. Runs once, in one transaction.

mod catalogue;
pub(super) mod disks;
mod own;

use std::io;
use std::path::Path;

use catalogue::{Kind, Offer, PUBLIC};

use super::fault::Fault;
use super::files::Files;
use super::receive::describe;
use super::record::ImageRecord;
use super::sink::summary_of;
use crate::Release;
use crate::db::DbError;
use crate::seed::SeedError;
use crate::state::Region;

/// Project that owns the public images; nobody can sign in to it.
pub const OPERATOR_PROJECT: &str = "d3300000000040008000000000000000";

const DAY: i64 = 86_400;

/// An image to be stored, and who else may use it.
struct Planned {
    image: ImageRecord,
    members: Vec<(&'static str, &'static str)>,
}

impl From<ImageRecord> for Planned {
    fn from(image: ImageRecord) -> Self {
        Self { image, members: Vec::new() }
    }
}

/// Fills an empty region; `extra` invented images (`--seed-images`) beside the catalogue. Called once; if the process dies on the
/// way the databases are wiped and it is called again.
pub async fn seed(region: &Region, extra: usize) -> Result<(), SeedError> {
    let files = Files::of(region);
    let now = region.clock.now().as_second();
    let first = region.prefix.is_empty();
    let work = tokio::task::spawn_blocking(move || plan(&files, now, first, extra));
    let planned = work.await.map_err(io::Error::other)??;
    region
        .db
        .write(move |tx| {
            for Planned { mut image, members } in planned {
                image.insert(tx)?;
                let mut share =
                    tx.prepare_cached("INSERT INTO image_member VALUES (?1, ?2, ?3, ?4, ?4)")?;
                for (member, status) in members {
                    share.execute(rusqlite::params![
                        image.seq,
                        member,
                        status,
                        image.created_at
                    ])?;
                }
            }
            Ok::<_, DbError>(())
        })
        .await?;
    Ok(())
}

fn plan(files: &Files, now: i64, first: bool, extra: usize) -> io::Result<Vec<Planned>> {
    files.prepare()?;
    let mut planned = Vec::new();
    for offer in &PUBLIC {
        planned.push(public(files, offer, now)?.into());
    }
    // The second region shows what a region without images of one's own looks like.
    if first {
        own::plan(files, now, &mut planned)?;
    }
    own::invent(files, now, extra, &mut planned)?;
    Ok(planned)
}

fn public(files: &Files, offer: &Offer, now: i64) -> io::Result<ImageRecord> {
    let mut image = record(offer.name, OPERATOR_PROJECT, now - offer.age_days * DAY - 3_777);
    image.visibility = "public".to_owned();
    image.protected = true;
    image.min_disk = offer.min_disk_gib;
    image.min_ram = offer.min_ram_mib;
    image.tags = offer.tags.iter().map(|tag| (*tag).to_owned()).collect();
    let windows = offer.distro == "windows";
    let set = &mut image.properties;
    set.set("architecture", "x86_64");
    set.set("os_type", if windows { "windows" } else { "linux" });
    set.set("os_distro", offer.distro);
    set.set("os_version", offer.version);
    set.set("os_admin_user", offer.user);
    if offer.kind != Kind::Iso {
        set.set("hw_disk_bus", "scsi");
        set.set("hw_scsi_model", "virtio-scsi");
        set.set("hw_vif_model", "virtio");
        set.set("hw_qemu_guest_agent", "yes");
        set.set("os_require_quiesce", if windows { "no" } else { "yes" });
    }
    for (name, value) in offer.more.split(' ').filter_map(|pair| pair.split_once('=')) {
        set.set(name, value);
    }
    let bytes = match offer.kind {
        Kind::Qcow2 => disks::qcow2(offer.virtual_size, offer.name),
        Kind::Raw => disks::raw(offer.name),
        Kind::Iso => disks::iso(offer.virtual_size, offer.name),
    };
    image.disk_format = Some(match offer.kind {
        Kind::Qcow2 => "qcow2".to_owned(),
        Kind::Raw => "raw".to_owned(),
        Kind::Iso => "iso".to_owned(),
    });
    store(files, image, &bytes)
}

/// A queued record of that age.
fn record(name: &str, owner: &str, created_at: i64) -> ImageRecord {
    let mut image =
        ImageRecord::new(uuid::Uuid::new_v4().to_string(), owner.to_owned(), created_at);
    image.name = Some(name.to_owned());
    image.disk_format = Some("qcow2".to_owned());
    image.container_format = Some("bare".to_owned());
    image
}

/// Puts the bytes behind the record, as an upload would.
fn store(files: &Files, mut image: ImageRecord, bytes: &[u8]) -> io::Result<ImageRecord> {
    std::fs::write(files.stored(&image.id), bytes)?;
    // The seeded disks are what they say: a refusal would be a mistake in this folder, which its test finds.
    describe(&mut image, &summary_of(bytes), Release::Newest).map_err(refused)?;
    image.status = "active".to_owned();
    image.stores = vec!["fast".to_owned()];
    image.updated_at = image.created_at + 40;
    Ok(image)
}

/// Like [`store`], with the bytes of another image.
fn store_linked(
    from: &Path,
    files: &Files,
    mut image: ImageRecord,
    like: &ImageRecord,
) -> io::Result<ImageRecord> {
    std::fs::hard_link(from, files.stored(&image.id))?;
    image.size = like.size;
    image.virtual_size = like.virtual_size;
    image.checksum = like.checksum.clone();
    image.os_hash_algo = like.os_hash_algo.clone();
    image.os_hash_value = like.os_hash_value.clone();
    image.status = "active".to_owned();
    image.stores = vec!["fast".to_owned()];
    image.updated_at = image.created_at + 40;
    Ok(image)
}

fn refused(fault: Fault) -> io::Error {
    io::Error::other(format!("a seeded disk is refused: {fault:?}"))
}
