//! Who may do what: Glance's default rules with scope and new defaults enforced (glance/policies/image.py).
//!
//! An image that a project cannot see is answered with 404 everywhere, so that nothing about it leaks.

use rusqlite::Connection;

use super::fault::{Answer, Fault};
use super::record::ImageRecord;
use crate::auth::Scope;

/// What the rules look at of the one who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) user_id: String,
    pub(super) project_id: String,
    pub(super) project_name: String,
    pub(super) is_admin: bool,
    /// Has the role member: a reader has not.
    pub(super) can_write: bool,
}

impl From<&Scope> for Caller {
    fn from(scope: &Scope) -> Self {
        Self {
            user_id: scope.user_id.clone(),
            project_id: scope.project_id.clone(),
            project_name: scope.project_name.clone(),
            is_admin: scope.is_admin(),
            can_write: scope.can_write(),
        }
    }
}

impl Caller {
    fn owns(&self, image: &ImageRecord) -> bool {
        image.owner.as_deref() == Some(self.project_id.as_str())
    }

    /// `ADMIN_OR_PROJECT_MEMBER`.
    fn may_change(&self, image: &ImageRecord) -> bool {
        self.is_admin || (self.can_write && self.owns(image))
    }
}

/// The image, if this project may see it (glance/db/utils.py `is_image_visible`).
pub(super) fn visible(conn: &Connection, caller: &Caller, id: &str) -> Answer<ImageRecord> {
    let Some(image) = ImageRecord::find(conn, id)? else { return Err(Fault::no_image(id)) };
    let open = ["public", "community"].contains(&image.visibility.as_str());
    let shared = || -> rusqlite::Result<bool> {
        let sql = "SELECT 1 FROM image_member WHERE image = ?1 AND member = ?2";
        conn.prepare_cached(sql)?.exists(rusqlite::params![image.seq, caller.project_id])
    };
    if caller.is_admin || open || caller.owns(&image) || (image.visibility == "shared" && shared()?)
    {
        return Ok(image);
    }
    Err(Fault::no_image(id))
}

fn rule(allowed: bool, name: &str) -> Answer<()> {
    if allowed { Ok(()) } else { Err(Fault::policy(name)) }
}

/// `modify_image`: PATCH, tags, stage, import.
pub(super) fn may_modify(caller: &Caller, image: &ImageRecord) -> Answer<()> {
    rule(caller.may_change(image), "modify_image")
}

/// `delete_image`.
pub(super) fn may_delete(caller: &Caller, image: &ImageRecord) -> Answer<()> {
    rule(caller.may_change(image), "delete_image")
}

/// `upload_image`: PUT file.
pub(super) fn may_upload(caller: &Caller, image: &ImageRecord) -> Answer<()> {
    rule(caller.may_change(image), "upload_image")
}

/// `download_image`: a reader sees images but does not get their bytes.
pub(super) fn may_download(caller: &Caller) -> Answer<()> {
    rule(caller.can_write, "download_image")
}

/// `deactivate` and `reactivate`.
pub(super) fn may_switch(caller: &Caller, image: &ImageRecord, action: &str) -> Answer<()> {
    rule(caller.may_change(image), action)
}

/// `add_image`, for an image that is to belong to `owner`.
pub(super) fn may_create(caller: &Caller, owner: &str) -> Answer<()> {
    match () {
        () if caller.is_admin => Ok(()),
        () if owner != caller.project_id => Err(Fault::access_denied(format!(
            "You are not permitted to create images owned by '{owner}'"
        ))),
        () => rule(caller.can_write, "add_image"),
    }
}

/// `publicize_image` is the operator's; `communitize_image` the owner's, as in the recorded cloud.
pub(super) fn may_set_visibility(
    caller: &Caller,
    image: &ImageRecord,
    visibility: &str,
) -> Answer<()> {
    match visibility {
        "public" => rule(caller.is_admin, "publicize_image"),
        "community" => rule(caller.may_change(image), "communitize_image"),
        _ => Ok(()),
    }
}

/// `add_member`, `delete_member`.
pub(super) fn may_share(caller: &Caller, image: &ImageRecord, action: &str) -> Answer<()> {
    rule(caller.may_change(image), action)
}

/// `get_members`, `get_member`: the owner and each member.
pub(super) fn may_see_members(
    caller: &Caller,
    image: &ImageRecord,
    is_member: bool,
    action: &str,
) -> Answer<()> {
    rule(caller.is_admin || caller.owns(image) || is_member, action)
}

/// `modify_member`: the member alone says yes or no.
pub(super) fn may_answer(caller: &Caller, is_member: bool) -> Answer<()> {
    rule(caller.is_admin || (caller.can_write && is_member), "modify_member")
}
