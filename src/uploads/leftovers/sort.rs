//! What counts as left behind by an upload, and what belongs together. Pure: what was found comes in, with the time.

use std::collections::{BTreeMap, BTreeSet};

use openstack::Timestamp;
use openstack::image::{Image, ImageStatus};
use openstack::object_store::ListedObject;

use crate::uploads::journal::Remembered;

/// Records and objects younger than this may belong to an upload that has just begun somewhere.
const YOUNG_S: i64 = 10 * 60;

/// How the records of canaries are called (`canary.rs`).
const PROBE: &str = ".slipway-upload-probe-";

/// Everything that was found.
#[derive(Default)]
pub(super) struct Found {
    /// The time now, by this computer.
    pub(super) now_s: i64,
    /// What this browser remembers of this scope and user.
    pub(super) remembered: Vec<Remembered>,
    /// Uploads that run, here or in another tab.
    pub(super) running: BTreeSet<String>,
    /// Images that jobs of this or another tab work with.
    pub(super) worked_on: BTreeSet<String>,
    /// The project's images that are not active yet, and hidden ones.
    pub(super) images: Vec<Image>,
    /// What lies below `lease/<user>/` and `m/<user>/`.
    pub(super) objects: Vec<ListedObject>,
}

/// Something that an upload left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftover {
    /// Tells it from the others.
    pub key: String,
    /// What it is.
    pub kind: Kind,
    /// The image's name, where there is one.
    pub name: Option<String>,
    /// The record, where there is one.
    pub image: Option<Image>,
    /// The upload's id, where it is known.
    pub upload: Option<String>,
    /// Lease and manifests, by their names in the container.
    pub objects: Vec<String>,
    /// When it began, or when something of it was last written.
    pub since: Option<Timestamp>,
}

/// What was left behind.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// An upload that this browser remembers.
    Remembered(Box<Remembered>),
    /// A record without data that nothing here works on: of another browser or computer, or of another program.
    Record,
    /// Lease and manifests of an upload of this user that this browser does not remember.
    Objects,
    /// Records of trial runs.
    Probes(Vec<Image>),
}

impl Leftover {
    /// Whether going on needs nothing but the file.
    pub fn can_go_on(&self) -> bool {
        match &self.kind {
            Kind::Remembered(_) => !self.is_there(),
            // Without a disk format nothing can be uploaded to it.
            Kind::Record => self.image.as_ref().is_some_and(|image| {
                image.status == ImageStatus::Queued && image.disk_format.is_some()
            }),
            Kind::Objects | Kind::Probes(_) => false,
        }
    }

    /// Whether this browser knows nothing of it but that it is there: it may be somebody else's.
    pub fn is_foreign(&self) -> bool {
        match self.kind {
            Kind::Record | Kind::Objects => true,
            Kind::Remembered(_) | Kind::Probes(_) => false,
        }
    }

    /// Whether the image has become active without this browser seeing it: only what helped is left.
    pub fn is_there(&self) -> bool {
        self.image.as_ref().is_some_and(|image| image.status == ImageStatus::Active)
    }
}

/// What was left behind, newest first.
pub(super) fn sort(found: Found) -> Vec<Leftover> {
    let Found { now_s, remembered, running, worked_on, images, objects } = found;
    let old = |time: Option<Timestamp>| {
        // What has no time is not called young for ever.
        time.is_none_or(|time| now_s.saturating_sub(time.as_second()) >= YOUNG_S)
    };
    let mut objects = by_upload(objects);
    objects.retain(|upload, _| !running.contains(upload));
    let mut explained = worked_on;
    explained.extend(remembered.iter().filter_map(|one| one.entry.image.clone()));

    let mut left = Vec::new();
    for one in remembered {
        if running.contains(&one.entry.upload) {
            continue;
        }
        let upload = one.entry.upload.clone();
        let id = one.entry.image.as_deref();
        let image = images.iter().find(|image| Some(image.id.as_str()) == id).cloned();
        let begun = i64::try_from(one.entry.begun_unix_s).unwrap_or(i64::MAX);
        left.push(Leftover {
            key: upload.clone(),
            name: Some(one.entry.name().to_owned()),
            image,
            objects: objects.remove(&upload).map(|group| group.names).unwrap_or_default(),
            upload: Some(upload),
            since: Some(Timestamp::from_millisecond(begun.saturating_mul(1000))),
            kind: Kind::Remembered(Box::new(one)),
        });
    }
    let (probes, images): (Vec<Image>, Vec<Image>) = images.into_iter().partition(is_probe);
    for image in images {
        let touched = image.updated_at.or(image.created_at);
        if !explained.contains(image.id.as_str()) && is_stuck(&image) && old(touched) {
            left.push(Leftover {
                key: image.id.as_str().to_owned(),
                kind: Kind::Record,
                name: image.name.clone(),
                upload: None,
                objects: Vec::new(),
                since: touched,
                image: Some(image),
            });
        }
    }
    for (upload, group) in objects {
        if old(group.touched) {
            left.push(Leftover {
                key: upload.clone(),
                kind: Kind::Objects,
                name: None,
                image: None,
                upload: Some(upload),
                objects: group.names,
                since: group.touched,
            });
        }
    }
    let probes: Vec<Image> =
        probes.into_iter().filter(|image| old(image.updated_at.or(image.created_at))).collect();
    if !probes.is_empty() {
        left.push(Leftover {
            key: PROBE.to_owned(),
            name: None,
            image: None,
            upload: None,
            objects: Vec::new(),
            since: probes.iter().filter_map(|image| image.created_at).max(),
            kind: Kind::Probes(probes),
        });
    }
    left.sort_by_key(|one| std::cmp::Reverse(one.since));
    left
}

fn is_probe(image: &Image) -> bool {
    image.name.as_deref().is_some_and(|name| name.starts_with(PROBE))
}

/// Whether a record waits for data that nobody may bring. Nova and Glance's own imports bring theirs by themselves.
fn is_stuck(image: &Image) -> bool {
    let waits = match &image.status {
        ImageStatus::Queued | ImageStatus::Saving => true,
        other => other.as_str() == "uploading",
    };
    waits
        && !image.hidden
        && !image.is_snapshot()
        && image.property("os_glance_import_task").is_none()
}

struct Group {
    names: Vec<String>,
    touched: Option<Timestamp>,
}

/// `lease/<user>/<upload>` and `m/<user>/<upload>/…`, by the upload.
fn by_upload(objects: Vec<ListedObject>) -> BTreeMap<String, Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for object in objects {
        let mut parts = object.name.split('/');
        let (Some("lease" | "m"), Some(_), Some(upload)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let group = groups
            .entry(upload.to_owned())
            .or_insert_with(|| Group { names: Vec::new(), touched: None });
        group.touched = group.touched.max(object.last_modified);
        group.names.push(object.name);
    }
    groups
}

#[cfg(test)]
mod tests {
    use openstack::ImageId;
    use openstack::image::Visibility;

    use super::*;
    use crate::uploads::journal::tests::entry;

    const NOW: i64 = 1_800_000_000;

    fn at(age_s: i64) -> Option<Timestamp> {
        Some(Timestamp::from_millisecond((NOW - age_s) * 1000))
    }

    fn image(id: &str, name: &str, status: &str, age_s: i64) -> Image {
        let image = serde_json::json!({
            "id": id, "name": name, "status": status, "visibility": "private", "disk_format": "raw",
        });
        let image: Image = serde_json::from_value(image).unwrap();
        assert_eq!((&image.id, &image.visibility), (&ImageId::new(id), &Visibility::Private));
        Image { created_at: at(age_s), updated_at: at(age_s), ..image }
    }

    fn object(name: &str, age_s: i64) -> ListedObject {
        let object = serde_json::json!({ "name": name, "bytes": 0, "hash": "" });
        ListedObject { last_modified: at(age_s), ..serde_json::from_value(object).unwrap() }
    }

    fn remembered(upload: &str, image: Option<&str>) -> Remembered {
        let mut entry = entry(upload, u64::try_from(NOW - 60).unwrap());
        entry.image = image.map(str::to_owned);
        Remembered { entry, hashed: Vec::new(), handle: None }
    }

    /// The keys of what is left, and whether each can go on.
    fn check(found: Found, expected: &[(&str, bool)]) {
        let left = sort(Found { now_s: NOW, ..found });
        let mut told: Vec<_> = left.iter().map(|one| (one.key.as_str(), one.can_go_on())).collect();
        let mut expected = expected.to_vec();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_remembered_upload_is_left_unless_it_runs() {
        let found = || Found { remembered: vec![remembered("u", Some("i"))], ..Found::default() };
        check(found(), &[("u", true)]);
        check(Found { running: ["u".to_owned()].into(), ..found() }, &[]);
        // Its record and its objects are part of it, however young.
        let images = vec![image("i", "golden", "queued", 5000)];
        let objects = vec![object("lease/me/u", 5), object("m/me/u/root", 5000)];
        let left = sort(Found { now_s: NOW, images, objects, ..found() });
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].objects, ["lease/me/u", "m/me/u/root"]);
        assert_eq!(left[0].image.as_ref().unwrap().id, ImageId::new("i"));
        // It became an image while nobody looked.
        let images = vec![image("i", "golden", "active", 5000)];
        check(Found { images, ..found() }, &[("u", false)]);
    }

    #[test]
    fn a_record_that_nothing_explains_is_left() {
        let one = |image| Found { images: vec![image], ..Found::default() };
        check(one(image("i", "golden", "queued", 601)), &[("i", true)]);
        check(one(image("i", "golden", "saving", 601)), &[("i", false)]);
        check(one(image("i", "golden", "uploading", 601)), &[("i", false)]);
        // Young; active; worked on here; imported; a snapshot that Nova makes.
        check(one(image("i", "golden", "queued", 599)), &[]);
        check(one(image("i", "golden", "active", 5000)), &[]);
        let worked_on = ["i".to_owned()].into();
        check(Found { worked_on, ..one(image("i", "golden", "queued", 5000)) }, &[]);
        let with = |key: &str, value: &str| {
            let mut image = image("i", "golden", "queued", 5000);
            image.properties.insert(key.into(), value.into());
            one(image)
        };
        check(with("os_glance_import_task", "t"), &[]);
        check(with("image_type", "snapshot"), &[]);
        let mut bare = image("i", "golden", "queued", 5000);
        bare.disk_format = None;
        check(one(bare), &[("i", false)]);
    }

    #[test]
    fn objects_of_uploads_that_are_not_known_are_left() {
        let objects = || {
            let names = ["lease/me/a", "m/me/a/0", "lease/me/b", "s/me/1/x", "lease/me"];
            names.map(|name| object(name, 700)).to_vec()
        };
        let found = || Found { objects: objects(), ..Found::default() };
        check(found(), &[("a", false), ("b", false)]);
        check(Found { running: ["a".to_owned()].into(), ..found() }, &[("b", false)]);
        // Something of it was written just now, on another computer perhaps.
        let mut young = objects();
        young.push(object("m/me/a/1", 10));
        check(Found { objects: young, ..Found::default() }, &[("b", false)]);
    }

    #[test]
    fn trial_runs_are_one_thing() {
        let probe = |id, age_s| {
            let mut image = image(id, ".slipway-upload-probe-1", "active", age_s);
            image.hidden = true;
            image
        };
        let images = vec![probe("p", 700), probe("q", 800), probe("r", 10)];
        let left = sort(Found { now_s: NOW, images, ..Found::default() });
        assert_eq!(left.len(), 1);
        assert!(matches!(&left[0].kind, Kind::Probes(two) if two.len() == 2));
    }
}
