//! What is going on with an image, in sentences: for the panel at the top of its page. Pure.

use openstack::image::{Image, ImageStatus, ImportTask, TaskStatus};

use crate::components::image::{is_changing, is_failed};
use crate::text::{tr, tr_with};
use crate::ui::Shape;

/// What the state means and what follows from it.
pub fn sentence(image: &Image, own: bool) -> String {
    if is_failed(image) {
        return failure(image);
    }
    let words = match &image.status {
        ImageStatus::Active if image.is_volume_snapshot() => tr(
            "Ready. It holds no data itself: it points to snapshots of the volumes that its instance had. Instances can be launched from it; it cannot be downloaded.",
        ),
        ImageStatus::Active => tr("Ready: instances can be launched and volumes made from it."),
        ImageStatus::Queued if is_changing(image) => {
            tr("The cloud was asked to fetch the data and is about to begin.")
        }
        ImageStatus::Queued if own => tr(
            "The record is made, its data has not arrived. If nobody is sending it any more, delete the image and create it again.",
        ),
        ImageStatus::Queued => tr("The record is made, its data has not arrived."),
        ImageStatus::Saving if image.is_snapshot() => {
            tr("The cloud copies the instance’s disk. It becomes active when all of it is there.")
        }
        ImageStatus::Saving => {
            tr("The cloud is storing the data. It becomes active when all of it is there.")
        }
        ImageStatus::Uploading => {
            tr("The data is being received, and imported when all of it is there.")
        }
        ImageStatus::Importing => {
            tr("The cloud takes in the data by itself. You may close this page.")
        }
        ImageStatus::Deactivated => tr(
            "Its data is closed: nothing can be launched from it or downloaded until it is reactivated.",
        ),
        ImageStatus::Deleted | ImageStatus::PendingDelete => tr("It is being deleted."),
        ImageStatus::Killed => return failure(image),
        ImageStatus::Other(_) => tr("The cloud uses a word that this console does not know."),
    };
    words.to_owned()
}

fn failure(image: &Image) -> String {
    let stores = image.failed_stores();
    let what = if stores.is_empty() {
        tr("The data did not arrive").to_owned()
    } else {
        tr_with("The import into {stores} failed", &[("stores", &stores.join(", "))])
    };
    let format = image.disk_format.as_deref().unwrap_or_else(|| tr("the format that was given"));
    tr_with(
        "{what}; only the record is left. Common reasons: the address could not be reached from the cloud, or what it held is not {format}. Delete the image and create it again.",
        &[("what", &what), ("format", &format)],
    )
}

/// Shape and word of a task's state.
pub fn task_state(status: &TaskStatus) -> (Shape, String) {
    match status {
        TaskStatus::Pending => (Shape::Queued, tr("Waits").to_owned()),
        TaskStatus::Processing => (Shape::Importing, tr("Under way").to_owned()),
        TaskStatus::Success => (Shape::Done, tr("Done").to_owned()),
        TaskStatus::Failure => (Shape::Failed, tr("Failed").to_owned()),
        TaskStatus::Other(word) => (Shape::Unknown, word.clone()),
    }
}

/// Whether any of the tasks goes on.
pub fn any_under_way(tasks: &[ImportTask]) -> bool {
    tasks.iter().any(|task| matches!(task.status, TaskStatus::Pending | TaskStatus::Processing))
}

/// How the newest task that has something to say puts it.
pub fn newest_message(tasks: &[ImportTask]) -> Option<String> {
    let speaking = tasks.iter().filter(|task| !task.message.trim().is_empty());
    speaking
        .max_by_key(|task| task.updated_at.or(task.created_at))
        .map(|task| task.message.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(json: serde_json::Value) -> Image {
        serde_json::from_value(json).expect("an image")
    }

    #[test]
    fn a_failed_import_names_store_and_format() {
        let failed = image(serde_json::json!({
            "id": "i", "status": "queued", "disk_format": "qcow2", "os_glance_importing_to_stores": "", "os_glance_failed_import": "fast"
        }));
        let words = sentence(&failed, true);
        assert!(words.contains("into fast") && words.contains("not qcow2"), "{words}");
    }

    #[test]
    fn a_queued_record_is_explained_by_whether_an_import_was_asked_for() {
        let idle = image(serde_json::json!({"id": "i", "status": "queued"}));
        let asked =
            image(serde_json::json!({"id": "i", "status": "queued", "os_glance_import_task": "t"}));
        assert!(sentence(&idle, true).contains("has not arrived"));
        assert!(sentence(&asked, true).contains("about to begin"));
    }

    #[test]
    fn the_newest_word_of_the_tasks_counts() {
        let task = |message: &str, updated: &str| -> ImportTask {
            serde_json::from_value(serde_json::json!({
                "id": message, "status": "processing", "message": message, "updated_at": updated,
            }))
            .expect("a task")
        };
        let tasks = [
            task("Copied 24 MiB", "2026-11-22T18:02:00.000000"),
            task("Copied 12 MiB", "2026-11-22T18:01:00.000000"),
            task(" ", "2026-11-22T18:03:00.000000"),
        ];
        assert_eq!(newest_message(&tasks).as_deref(), Some("Copied 24 MiB"));
        assert!(any_under_way(&tasks));
    }
}
