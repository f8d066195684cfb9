//! Joining: manifests of at most so many entries, and manifests of those, until one is left.
//!
//! A store counts references, not bytes (1000 in Swift), and a manifest counts as one. Every ETag is known before
//! anything is sent: the MD5 of the entries' ETags, one after another, in hex. So a manifest whose reply was lost (or was
//! hidden from the page, as Swift hides what its middleware answers) is recognised by looking at it.

use md5::{Digest, Md5};

use super::failing::is_passing;
use super::{Segmented, Step, names};
use crate::event::{Effect, Ticket};
use crate::outcome::{Failure, StoreStep};
use crate::plan::ManifestEntry;

/// How often a manifest is tried in a row.
const MOST_TRIES: u32 = 12;
/// A refusal that is hidden looks like silence: after this many the store is listed again.
const SILENCES_BEFORE_LIST: u32 = 2;
/// How often that is done for one import. More than once, as somebody may just be removing what is referred to: another
/// upload of the user that listed the leases before ours was there.
const MOST_LISTINGS: u32 = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) entries: Vec<ManifestEntry>,
    pub(super) etag: String,
    pub(super) size_bytes: u64,
}

/// The ETag of a static large object (slo.py): the MD5 of the ETags of what it refers to.
fn joined_etag(entries: &[ManifestEntry]) -> String {
    let mut md5 = Md5::new();
    for entry in entries {
        md5.update(entry.etag.as_bytes());
    }
    md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All manifests for these entries in the order in which they have to be put; the last is the root.
fn tree(mut entries: Vec<ManifestEntry>, most: usize, user: &str, upload: &str) -> Vec<Manifest> {
    let mut all: Vec<Manifest> = Vec::new();
    let manifest = |name: String, entries: Vec<ManifestEntry>| Manifest {
        name,
        etag: joined_etag(&entries),
        size_bytes: entries.iter().map(|entry| entry.size_bytes).sum(),
        entries,
    };
    while entries.len() > most {
        let first = all.len();
        for part in entries.chunks(most) {
            let name = names::leaf(user, upload, all.len());
            all.push(manifest(name, part.to_vec()));
        }
        entries = all
            .iter()
            .skip(first)
            .map(|leaf| ManifestEntry {
                name: leaf.name.clone(),
                size_bytes: leaf.size_bytes,
                etag: leaf.etag.clone(),
            })
            .collect();
    }
    all.push(manifest(names::root(user, upload), entries));
    all
}

impl Segmented {
    /// How many manifests there are below the root.
    pub(super) fn leaf_count(&self) -> usize {
        let most = self.plan.leaf_entries as u64;
        let (mut left, mut leaves) = (self.segment_count(), 0);
        while left > most {
            left = left.div_ceil(most);
            leaves += left;
        }
        usize::try_from(leaves).unwrap_or(usize::MAX)
    }

    /// Everything is in the store.
    pub(super) fn assemble(&mut self) {
        let user = &self.plan.user;
        let entries: Vec<ManifestEntry> = (0..self.segment_count())
            .filter_map(|index| self.contents.of_segment(index))
            .map(|content| ManifestEntry {
                name: names::segment(user, content.day, &content.tail),
                size_bytes: content.length,
                etag: content.md5.clone(),
            })
            .collect();
        self.manifests = tree(entries, self.plan.leaf_entries, user, &self.plan.upload);
        self.manifest_silences = 0;
        self.goto(Step::PutManifest(0));
    }

    pub(super) fn put_manifest(&mut self, at: usize, ticket: Ticket) -> Option<Effect> {
        let manifest = self.manifests.get(at)?;
        let day = names::expiry_day(self.now_unix_s());
        self.own_objects.insert(manifest.name.clone(), day);
        Some(Effect::PutManifest {
            ticket,
            name: manifest.name.clone(),
            entries: manifest.entries.clone(),
            etag: manifest.etag.clone(),
            delete_at_unix_s: names::delete_at(day),
        })
    }

    pub(super) fn manifest_is_there(&mut self, at: usize) {
        self.progressed();
        self.manifest_silences = 0;
        if at + 1 < self.manifests.len() {
            return self.goto(Step::PutManifest(at + 1));
        }
        self.manifests.clear();
        self.import_tries = 0;
        self.goto(Step::StartImport);
    }

    pub(super) fn manifest_refused(&mut self, at: usize, answer: Option<(u16, String)>) {
        let step = StoreStep::Manifest;
        match answer {
            // A segment is missing, has expired, or is another one.
            Some((status @ (400 | 409 | 422), message)) => {
                self.list_again(at, Failure::StoreRefused { step, status, message });
            }
            Some((404, message)) => self.reopen(step, message),
            Some((413, message)) => self.ask_for_room(message),
            Some((status, message)) if !is_passing(status) => {
                self.fail(Failure::StoreRefused { step, status, message });
            }
            answer => {
                self.last_refusal = answer;
                self.manifest_silences += u32::from(self.online && self.last_refusal.is_none());
                self.again_or_give_up(Step::LookAtManifest(at));
            }
        }
    }

    pub(super) fn manifest_unseen(&mut self, at: usize) {
        self.again_or_give_up(Step::LookAtManifest(at));
    }

    pub(super) fn manifest_seen(&mut self, at: usize, object: Option<(u64, String)>) {
        let Some(manifest) = self.manifests.get(at) else { return };
        let arrived = object.is_some_and(|(size, etag)| {
            size == manifest.size_bytes && etag.eq_ignore_ascii_case(&manifest.etag)
        });
        if arrived {
            return self.manifest_is_there(at);
        }
        if self.manifest_silences >= SILENCES_BEFORE_LIST
            && self.relisted < self.most(MOST_LISTINGS)
        {
            let reason = self.silent(StoreStep::Manifest);
            return self.list_again(at, reason);
        }
        // Its tries go on being counted: looking brought nothing.
        self.step_after(Step::PutManifest(at), std::time::Duration::ZERO);
    }

    fn again_or_give_up(&mut self, step: Step) {
        if self.try_again(step, MOST_TRIES) {
            return;
        }
        let reason = match self.last_refusal.take() {
            Some((status, message)) => {
                Failure::StoreRefused { step: StoreStep::Manifest, status, message }
            }
            None => self.silent(StoreStep::Manifest),
        };
        self.fail(reason);
    }

    /// Sees what is there, sends what is missing, joins once more. What the refused manifest refers to is looked at one
    /// by one: the listing may be the same as before.
    fn list_again(&mut self, at: usize, otherwise: Failure) {
        self.relisted += 1;
        if self.relisted > self.most(MOST_LISTINGS) {
            return self.fail(otherwise);
        }
        // The first manifests are of segments, in the file's order; those of manifests are made anew anyway.
        let most = self.plan.leaf_entries as u64;
        let first = (at as u64).saturating_mul(most);
        self.contents.doubt_segments(first..first.saturating_add(most).min(self.segment_count()));
        self.manifest_silences = 0;
        self.listing = None;
        let next = self.preparation();
        self.tries = 0;
        self.step_after(next, self.delay(2 * self.relisted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<ManifestEntry> {
        let entry = |n: usize| ManifestEntry {
            name: format!("s{n}"),
            size_bytes: 1,
            etag: format!("{n:032x}"),
        };
        (0..count).map(entry).collect()
    }

    /// Row 27 of the fault matrix (`docs/uploads.md`): one leaf more or less.
    #[test]
    fn as_many_manifests_as_needed_and_the_root_last() {
        for (count, most, manifests) in [
            (1, 512, 1),
            (511, 512, 1),
            (512, 512, 1),
            (513, 512, 3),
            (5961, 512, 13),
            (4, 2, 3),
            (5, 2, 6),
        ] {
            let all = tree(entries(count), most, "u", "x");
            assert_eq!(all.len(), manifests, "{count} by {most}");
            let root = all.last().unwrap();
            assert_eq!((root.name.as_str(), root.size_bytes), ("m/u/x/root", count as u64));
            assert!(all.iter().all(|manifest| manifest.entries.len() <= most));
            for (at, manifest) in all.iter().enumerate() {
                for entry in manifest.entries.iter().filter(|entry| entry.name.starts_with("m/")) {
                    let leaf = all.iter().position(|leaf| leaf.name == entry.name).unwrap();
                    assert!(leaf < at, "put before it is referred to");
                    assert_eq!(entry.etag, all[leaf].etag);
                }
            }
        }
    }

    #[test]
    fn the_etag_is_the_md5_of_the_etags() {
        let two = |etag: &str| ManifestEntry {
            name: String::new(),
            size_bytes: 1,
            etag: etag.to_owned(),
        };
        // printf ab | md5sum
        assert_eq!(joined_etag(&[two("a"), two("b")]), "187ef4436122d1cc2f40dc2b92f0eba0");
    }
}
