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
            self.not_comparable = Some(Check::NotComparable { algorithm });
            return self.goto(Step::Verify);
        }
        self.theirs.clone_from(&image.hash_value);
        self.goto(Step::Verify);
    }

    /// Once both are known. What an earlier run knew counts only after its samples were the same.
    pub(super) fn compare_hashes(&mut self) {
        if self.step != Step::Verify || !self.hashing.is_trusted() {
            return;
        }
        if let Some(check) = self.not_comparable.take() {
            return if self.is_of_another_file() {
                self.made_before()
            } else {
                self.uploaded(check)
            };
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
        if self.is_of_another_file() {
            return self.made_before();
        }
        self.fail(Failure::Mismatch(how));
    }

    /// The image was made by an earlier run, of the file as it was then.
    fn is_of_another_file(&self) -> bool {
        self.old_image && self.hashing.forgotten
    }

    /// It is no broken image, and not ours to delete.
    fn made_before(&mut self) {
        self.left.records.extend(self.record.take());
        self.fail(Failure::SourceChanged);
    }
}
