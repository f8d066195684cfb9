//! A small cloud that keeps Swift's and Glance's rules.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use upload::{ManifestEntry, StoredObject};

use super::dice::{Bytes, sha512};

#[derive(Clone, Debug)]
pub enum Kind {
    Segment(Bytes),
    Manifest(Vec<ManifestEntry>),
    Lease,
}

#[derive(Clone, Debug)]
pub struct Object {
    pub kind: Kind,
    pub size: u64,
    pub etag: String,
    pub delete_at: u64,
    /// Made by the upload that is tested.
    pub ours: bool,
}

#[derive(Clone, Debug)]
pub struct Image {
    pub status: String,
    pub content: Vec<Bytes>,
    pub task: Option<(String, String)>,
    /// Counts the imports; a late end of an earlier one changes nothing.
    pub import: u32,
    pub fetching: Option<String>,
}

impl Image {
    pub fn size(&self) -> u64 {
        self.content.iter().map(|part| part.1).sum()
    }
}

#[derive(Default)]
pub struct Cloud {
    pub container: bool,
    pub objects: BTreeMap<String, Object>,
    pub images: BTreeMap<String, Image>,
    pub quota: Option<u64>,
    /// The most references in a manifest.
    pub most_entries: usize,
    pub now_unix_s: u64,
    /// Listings are so many seconds old at most; 0: never.
    pub lag_s: u64,
    pub listed: BTreeMap<String, Object>,
    pub listed_unix_s: u64,
    pub made: u32,
}

impl Cloud {
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.get(name).filter(|object| object.delete_at > self.now_unix_s)
    }

    /// Time passes: listings catch up, as Swift's do, by and by.
    pub fn pass(&mut self, now_unix_s: u64) {
        self.now_unix_s = now_unix_s;
        if self.lag_s > 0 && now_unix_s >= self.listed_unix_s + self.lag_s {
            self.listed.clone_from(&self.objects);
            self.listed_unix_s = now_unix_s;
        }
    }

    pub fn list(&self, prefix: &str) -> Option<Vec<StoredObject>> {
        self.container.then(|| {
            let shown = if self.lag_s > 0 { &self.listed } else { &self.objects };
            let found = shown.iter().filter(|(name, object)| {
                name.starts_with(prefix) && object.delete_at > self.now_unix_s
            });
            found
                .map(|(name, object)| StoredObject {
                    name: name.clone(),
                    size_bytes: object.size,
                    md5: object.etag.clone(),
                })
                .collect()
        })
    }

    pub fn used(&self) -> u64 {
        let segments = self.objects.values();
        segments.filter(|o| matches!(o.kind, Kind::Segment(_))).map(|object| object.size).sum()
    }

    pub fn put(&mut self, name: &str, object: Object) -> u16 {
        if !self.container {
            return 404;
        }
        if object.delete_at <= self.now_unix_s {
            return 400;
        }
        let more = if let Kind::Segment(_) = object.kind { object.size } else { 0 };
        if self.quota.is_some_and(|quota| self.used() + more > quota) {
            return 413;
        }
        self.objects.insert(name.to_owned(), object);
        201
    }

    pub fn put_manifest(
        &mut self,
        name: &str,
        entries: &[ManifestEntry],
        etag: &str,
        delete_at: u64,
    ) -> u16 {
        assert!(!entries.is_empty() && entries.len() <= self.most_entries, "{}", entries.len());
        for entry in entries {
            let fits = self
                .object(&entry.name)
                .is_some_and(|o| o.etag == entry.etag && o.size == entry.size_bytes);
            if !fits {
                return if self.container { 400 } else { 404 };
            }
        }
        let mut md5 = Md5::new();
        entries.iter().for_each(|entry| md5.update(entry.etag.as_bytes()));
        let joined: String = md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if joined != etag {
            return 422;
        }
        let size = entries.iter().map(|entry| entry.size_bytes).sum();
        let kind = Kind::Manifest(entries.to_vec());
        self.put(name, Object { kind, size, etag: joined, delete_at, ours: true })
    }

    /// The bytes of an object, as a `GET` assembles them: a segment that is another one now breaks it off.
    pub fn read(&self, name: &str) -> Option<Vec<Bytes>> {
        match &self.object(name)?.kind {
            Kind::Segment(bytes) => Some(vec![*bytes]),
            Kind::Lease => None,
            Kind::Manifest(entries) => {
                let mut all = Vec::new();
                for entry in entries {
                    self.object(&entry.name).filter(|object| object.etag == entry.etag)?;
                    all.extend(self.read(&entry.name)?);
                }
                Some(all)
            }
        }
    }

    pub fn create_image(&mut self) -> String {
        self.made += 1;
        let id = format!("image-{}", self.made);
        let image = Image {
            status: "queued".into(),
            content: Vec::new(),
            task: None,
            import: 0,
            fetching: None,
        };
        self.images.insert(id.clone(), image);
        id
    }

    pub fn start_import(&mut self, id: &str, object: &str) -> u16 {
        let Some(image) = self.images.get_mut(id) else { return 404 };
        if image.status != "queued" || image.fetching.is_some() {
            return 409;
        }
        image.import += 1;
        image.fetching = Some(object.to_owned());
        image.task = Some(("pending".into(), String::new()));
        202
    }

    /// The import goes one state on.
    pub fn import_begins(&mut self, id: &str, import: u32) {
        if let Some(image) = self.images.get_mut(id).filter(|image| image.import == import) {
            image.status = "importing".into();
            image.task = Some(("processing".into(), String::new()));
        }
    }

    pub fn import_ends(&mut self, id: &str, import: u32, fails: bool, damaged: bool) {
        let fetched = self
            .images
            .get(id)
            .filter(|image| image.import == import)
            .and_then(|image| image.fetching.clone())
            .map(|object| self.read(&object));
        let (Some(fetched), Some(image)) = (fetched, self.images.get_mut(id)) else { return };
        image.fetching = None;
        match fetched.filter(|_| !fails) {
            Some(mut content) => {
                if damaged {
                    content[0].0 ^= 1 << 40;
                }
                image.status = "active".into();
                image.content = content;
                image.task = Some(("success".into(), String::new()));
            }
            None => {
                image.status = "queued".into();
                let words = "Task failed due to Internal Error";
                image.task = Some(("failure".into(), words.into()));
            }
        }
    }

    pub fn hash_of(&self, id: &str) -> Option<String> {
        let image = self.images.get(id).filter(|image| image.status == "active")?;
        Some(sha512(&image.content))
    }
}
