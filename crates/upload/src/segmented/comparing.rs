//! Is the image the file? Only this calls an upload a success.

use super::ending::How;
use super::{Segmented, Step};
use crate::event::CloudImage;
use crate::outcome::{Check, Failure, Mismatch};

impl Segmented {
    pub(super) fn compare(&mut self, image: &CloudImage) {
        if image.size_bytes != Some(self.plan.size_bytes) {
            let (ours_bytes, theirs_bytes) = (self.plan.size_bytes, image.size_bytes);
            return self.differs(Mismatch::Size { ours_bytes, theirs_bytes });
        }
        let is_sha512 =
            image.hash_algo.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("sha512"));
        if !is_sha512 {
            let algorithm = image.hash_algo.clone();
            return self.uploaded(Check::NotComparable { algorithm });
        }
        self.theirs.clone_from(&image.hash_value);
        self.goto(Step::Verify);
    }

    /// Once both are known. What an earlier run knew counts only after its samples were the same.
    pub(super) fn compare_hashes(&mut self) {
        if self.step != Step::Verify || !self.hashing.is_trusted() {
            return;
        }
        let Some(ours) = self.hashing.sha512.clone() else { return };
        let theirs = self.theirs.take();
        if theirs.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(&ours)) {
            self.uploaded(Check::Verified);
        } else {
            self.differs(Mismatch::Sha512 { ours, theirs });
        }
    }

    fn uploaded(&mut self, check: Check) {
        let Some(id) = self.record.clone() else { return };
        self.end(How::Uploaded { id, check });
    }

    fn differs(&mut self, how: Mismatch) {
        // The image was made by an earlier run, of the file as it was then: it is no broken one, and not ours to delete.
        if self.old_image && self.hashing.forgotten {
            self.left.records.extend(self.record.take());
            return self.fail(Failure::SourceChanged);
        }
        self.fail(Failure::Mismatch(how));
    }
}
