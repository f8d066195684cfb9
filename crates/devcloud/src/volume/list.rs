//! `GET /volumes` and `/volumes/detail`.

use std::cmp::Ordering;

use axum::response::Response;

use super::api::{Call, mine};
use super::error::VolumeError;
use super::model::Volume;
use super::paging::{self, Listed};
use super::view::{self, Moment};

/// The project's volumes, with as much of each as asked for.
pub async fn list(call: Call, detailed: bool) -> Result<Response, VolumeError> {
    let volumes = mine(&call).await?;
    let root = &call.incoming.endpoint.root;
    paging::page(&call, volumes, detailed, |volume| match detailed {
        true => view::detail(volume, &call.region, call.version, root, Moment::Read),
        false => view::summary(volume, root),
    })
}

impl Listed for Volume {
    const COLLECTION: &'static str = "volumes";
    const NOUN: &'static str = "Volume";
    const FILTERS: &'static [&'static str] = &[
        "name",
        "status",
        "metadata",
        "bootable",
        "availability_zone",
        "id",
        "volume_type",
        "size",
        "name~",
    ];
    const SORTABLE: &'static [&'static str] = &[
        "id",
        "name",
        "size",
        "status",
        "availability_zone",
        "bootable",
        "created_at",
        "updated_at",
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn matches(&self, filter: &str, wanted: &str) -> bool {
        match filter {
            "name" => self.name.as_deref() == Some(wanted),
            "name~" => self.name.as_deref().is_some_and(|name| name.contains(wanted)),
            "status" => self.status.word() == wanted,
            "bootable" => wanted.eq_ignore_ascii_case(if self.bootable { "true" } else { "false" }),
            "availability_zone" => self.zone == wanted,
            "id" => self.id == wanted,
            "volume_type" => self.volume_type == wanted,
            "size" => self.size_gib.to_string() == wanted,
            "metadata" => paging::has_pairs(&self.metadata, wanted),
            _ => true,
        }
    }

    fn compare(&self, other: &Self, key: &str) -> Ordering {
        match key {
            "name" => self.name.cmp(&other.name),
            "size" => self.size_gib.cmp(&other.size_gib),
            "status" => self.status.word().cmp(other.status.word()),
            "availability_zone" => self.zone.cmp(&other.zone),
            "bootable" => self.bootable.cmp(&other.bootable),
            "created_at" => self.created.cmp(&other.created),
            "updated_at" => self.updated.cmp(&other.updated),
            _ => self.id.cmp(&other.id),
        }
    }
}
