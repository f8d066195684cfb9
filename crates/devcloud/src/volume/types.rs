//! Volume types: what Binero offers, the first one is the default.

use serde_json::{Value, json};
use uuid::Uuid;

use super::error::VolumeError;
use crate::state::Region;
use axum::http::StatusCode;

/// A kind of storage.
pub struct VolumeType {
    /// Its name.
    pub name: &'static str,
    /// Words for people.
    pub description: &'static str,
    number: u8,
}

const TYPES: [VolumeType; 2] = [
    VolumeType { name: "ssd", description: "Fast storage on SSD", number: 1 },
    VolumeType { name: "hdd", description: "Cheap storage on spinning disks", number: 2 },
];

impl VolumeType {
    /// The same in every run, different in each region.
    pub fn id(&self, region: &Region) -> String {
        let mut bytes = *b"volume-type-0000";
        let place = region.zones.first().map_or(0, |zone| zone.bytes().map(u32::from).sum::<u32>());
        let [.., a, b] = &mut bytes;
        *a = u8::try_from(place % 251).unwrap_or(0);
        *b = self.number;
        let id = uuid::Builder::from_bytes(bytes).with_version(uuid::Version::Random);
        Uuid::to_string(&id.with_variant(uuid::Variant::RFC4122).into_uuid())
    }

    /// As the API shows it; `in_list` with the attribute that only the list has.
    pub fn view(&self, region: &Region, in_list: bool) -> Value {
        let mut view = json!({
            "id": self.id(region), "name": self.name, "is_public": true, "description": self.description,
            "extra_specs": {},
        });
        if in_list && let Some(view) = view.as_object_mut() {
            view.insert("os-volume-type-access:is_public".to_owned(), json!(true));
        }
        view
    }
}

impl VolumeType {
    /// As the answer to an upload shows it: with all columns of its row.
    pub fn row(&self, region: &Region) -> Value {
        json!({
            "id": self.id(region), "name": self.name, "description": self.description, "is_public": true,
            "extra_specs": {"volume_backend_name": self.name}, "qos_specs_id": null,
            "created_at": "2026-01-01T00:00:00.000000", "updated_at": null, "deleted_at": null, "deleted": false,
        })
    }
}

/// All of them.
pub fn all() -> &'static [VolumeType] {
    &TYPES
}

/// The one that a request without a type gets.
pub fn default(_region: &Region) -> &'static VolumeType {
    let [first, ..] = &TYPES;
    first
}

/// By name or id.
pub fn find(region: &Region, wanted: &str) -> Option<&'static VolumeType> {
    TYPES.iter().find(|kind| kind.name == wanted || kind.id(region) == wanted)
}

/// Cinder's words for a type that is not there: an id is told from a name.
pub fn missing(wanted: &str) -> VolumeError {
    let message = if crate::body_schema::is_uuid(wanted) {
        format!("Volume type {wanted} could not be found.")
    } else {
        format!("Volume type with name {wanted} could not be found.")
    };
    VolumeError::new(StatusCode::NOT_FOUND, message)
}
