//! Going on with what was left: the file is opened or chosen again, looked at, and handed to the uploads with what is
//! remembered. That it is the same file is only guessed here; the engine proves it by hashes.

use std::cell::RefCell;
use std::rc::Rc;

use disk_image::report::Report;
use openstack::image::{CreateImage, Image};
use upload::Resume;
use web_sys::File;

use super::sort::{Kind, Leftover};
use crate::cloud::Cloud;
use crate::inspecting::{Inspection, InspectionEvent, SparsePlan};
use crate::uploads::Uploads;
use crate::uploads::content::Upload;
use crate::uploads::handles::{self, FileHandle};
use crate::uploads::job::Road;
use crate::uploads::journal::{Differs, FileIdentity, KeptRoad, Remembered};
use crate::uploads::later::Later;
use crate::uploads::roads::{Earlier, Segmented, Way};
use crate::uploads::store::random_hex;

/// Why it does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotGone {
    /// Another file was chosen.
    OtherFile {
        /// The one that was chosen.
        chosen: FileIdentity,
        /// The one that is meant.
        meant: FileIdentity,
    },
    /// The record is for another format.
    OtherFormat {
        /// The name of the file that was chosen.
        chosen: String,
        /// What it is.
        format: String,
        /// What the record is for.
        wanted: String,
    },
    /// The file cannot be read; in the browser's words.
    Unreadable(String),
    /// The user did not let the page read the file.
    Refused,
    /// The user closed the browser's picker.
    Closed,
    /// There is nothing to go on with.
    Nothing,
}

/// Goes on with this file.
///
/// # Errors
/// When it cannot be the file, or cannot be read.
pub(super) async fn go_on(
    uploads: Uploads,
    cloud: Cloud,
    left: Leftover,
    file: File,
    handle: Option<FileHandle>,
) -> Result<(), NotGone> {
    match (left.kind, left.image) {
        (Kind::Remembered(known), _) => remembered(uploads, cloud, *known, file, handle).await,
        (Kind::Record, Some(image)) => record(uploads, cloud, image, file, handle).await,
        _ => Err(NotGone::Nothing),
    }
}

async fn remembered(
    uploads: Uploads,
    cloud: Cloud,
    known: Remembered,
    file: File,
    handle: Option<FileHandle>,
) -> Result<(), NotGone> {
    let meant = &known.entry.file;
    let chosen = handles::identity(&file, meant.sparse_bytes);
    let mut resume = known.resume();
    match meant.differs_from(&chosen) {
        Some(Differs::Size) => {
            return Err(NotGone::OtherFile { chosen, meant: meant.clone() });
        }
        // Written to since, or a copy: nothing that was hashed counts. Everything is read anew; what is the same is in the
        // store and is not sent again.
        Some(Differs::Changed) => resume = Resume { record: resume.record, ..Resume::default() },
        None => {}
    }
    let upload = match meant.sparse_bytes {
        None => Upload::whole(file, handle),
        Some(bytes) => {
            let (_, plan) = inspect(&file, true).await?;
            let plan = plan.ok_or_else(|| NotGone::OtherFile { chosen, meant: meant.clone() })?;
            let upload = Upload::sparse(file, plan, handle);
            if upload.size_bytes() != bytes {
                // Other zeros than before, so other bytes.
                resume = Resume { record: resume.record, ..Resume::default() };
            }
            upload
        }
    };
    let keep_segments = known.entry.keep_segments;
    let earlier = Earlier { upload: known.entry.upload.clone(), resume };
    let way = match known.entry.road {
        KeptRoad::Direct => Way::DirectAgain(earlier),
        KeptRoad::Segmented => Way::Segments(Segmented { keep_segments, earlier: Some(earlier) }),
    };
    uploads.send(cloud, known.entry.record(), upload, way);
    Ok(())
}

/// To a record of another browser: nothing is known but the record itself. The file is read anew; what is in the store
/// already is not sent again, as segments are named by their content.
async fn record(
    uploads: Uploads,
    cloud: Cloud,
    image: Image,
    file: File,
    handle: Option<FileHandle>,
) -> Result<(), NotGone> {
    let Some(wanted) = image.disk_format.clone() else { return Err(NotGone::Nothing) };
    let (report, _) = inspect(&file, false).await?;
    let format = report.format.disk_format().unwrap_or("raw");
    let upload = if format == wanted {
        Upload::whole(file, handle)
    } else if (format, wanted.as_str()) == ("raw", "qcow2") {
        // It was on its way without its zeros.
        match inspect(&file, true).await? {
            (_, Some(plan)) => Upload::sparse(file, plan, handle),
            (_, None) => return Err(other_format(&file, format, wanted)),
        }
    } else {
        return Err(other_format(&file, format, wanted));
    };
    let Some(upload_id) = random_hex(16) else { return Err(NotGone::Nothing) };
    let resume = Resume { record: Some(image.id.as_str().to_owned()), ..Resume::default() };
    let earlier = Earlier { upload: upload_id, resume };
    let way = match crate::uploads::choose(&cloud, upload.size_bytes()).await.road {
        Road::Segments => Way::Segments(Segmented { keep_segments: false, earlier: Some(earlier) }),
        Road::Direct | Road::Url => Way::DirectAgain(earlier),
    };
    uploads.send(cloud, as_request(&image, wanted), upload, way);
    Ok(())
}

fn other_format(file: &File, format: &str, wanted: String) -> NotGone {
    NotGone::OtherFormat { chosen: file.name(), format: format.to_owned(), wanted }
}

/// Should the record have to be made anew, it is made like this one.
fn as_request(image: &Image, disk_format: String) -> CreateImage {
    CreateImage {
        name: image.name.clone().unwrap_or_default(),
        disk_format,
        container_format: image.container_format.clone(),
        visibility: Some(image.visibility.clone()),
        protected: image.protected,
        hidden: false,
        min_disk_gib: image.min_disk_gib,
        min_ram_mib: image.min_ram_mib,
        tags: image.tags.clone(),
        properties: image
            .properties
            .iter()
            // Glance's own may not be given.
            .filter(|(key, _)| !key.starts_with("os_glance") && !key.starts_with("os_hash"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    }
}

/// Looks into the file: what it is, and with `zeros` what it is as qcow2 without its zeros.
async fn inspect(file: &File, zeros: bool) -> Result<(Report, Option<SparsePlan>), NotGone> {
    let answer: Later<Result<(Report, Option<SparsePlan>), String>> = Later::new();
    let tell = answer.clone();
    let report: Rc<RefCell<Option<Report>>> = Rc::default();
    let inspection = Inspection::start(file, move |event| {
        let now = match event {
            InspectionEvent::Report(found)
                if zeros && found.format.disk_format() == Some("raw") =>
            {
                *report.borrow_mut() = Some(*found);
                return;
            }
            InspectionEvent::Report(found) => Ok((*found, None)),
            InspectionEvent::Zeros { .. } => return,
            InspectionEvent::Plan(plan) => match report.borrow_mut().take() {
                Some(report) => Ok((report, Some(plan))),
                None => return,
            },
            InspectionEvent::Failed(why) => Err(why),
        };
        tell.set(now);
    });
    let inspection =
        inspection.map_err(|error| NotGone::Unreadable(crate::worker::words(&error)))?;
    let found = answer.await;
    drop(inspection);
    found.map_err(NotGone::Unreadable)
}
