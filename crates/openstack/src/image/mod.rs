//! Glance v2: images, their members and tasks, and what the cloud allows.
//!
//! An image's data is not sent here: one body of many gigabytes with progress is the app's own request.
//! [`upload_request`] says where it goes and with which headers. Reference: <https://docs.openstack.org/api-ref/image/v2/>.

mod create;
mod discovery;
mod import;
mod list;
mod mapping;
mod members;
mod metadefs;
mod model;
mod patch;

pub use create::{CreateImage, UploadRequest, create, download_url, upload_request};
pub use discovery::{
    Formats, ImageUsage, Store, UsageEntry, formats, import_methods, stores, usage,
};
pub use import::{ImportTask, TaskStatus, import_from_url, newest_task, tasks};
pub use list::{Filter, Tab, delete, list_all, list_page, show};
pub use mapping::MappedDisk;
pub use members::{Member, MemberStatus, add_member, members, remove_member, set_member_status};
pub use metadefs::{PropertyDefinition, property_definitions};
pub use model::{Image, ImageStatus, Visibility};
pub use patch::{Patch, add_tag, deactivate, patch, reactivate, remove_tag};
