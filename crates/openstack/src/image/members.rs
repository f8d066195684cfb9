//! Sharing images with other projects.

use crate::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::list::path;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing};
use crate::endpoint::{Service, segment};
use crate::error::ApiError;
use crate::ids::{ImageId, ProjectId};
use crate::transport::{Method, Transport};
use crate::words::words;

words! {
    /// A project's answer to the offer of an image.
    MemberStatus {
        /// Not answered: visible by id only.
        Pending = "pending",
        /// In the project's list.
        Accepted = "accepted",
        /// Not in the project's list.
        Rejected = "rejected",
    }
}

/// A project that an image is shared with.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Member {
    /// The project.
    pub member_id: ProjectId,
    /// The image.
    pub image_id: ImageId,
    /// Its answer.
    pub status: MemberStatus,
    /// When it was offered.
    #[serde(default, deserialize_with = "decode::time")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "decode::time")]
    pub updated_at: Option<Timestamp>,
}

/// With whom an image is shared; a member sees only itself.
///
/// # Errors
/// As every call.
pub async fn members<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
) -> Result<Listing<Member>, ApiError> {
    let call = Call::new(
        "list who the image is shared with",
        Service::Image,
        Method::Get,
        path(id, "/members"),
    );
    client.all_pages(call, "members").await
}

/// Offers an image to a project; its visibility must be `shared`.
///
/// # Errors
/// 403 for a private image, 409 when it is offered already.
pub async fn add_member<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    project: &ProjectId,
) -> Result<Member, ApiError> {
    let call = Call::new("share the image", Service::Image, Method::Post, path(id, "/members"))
        .json(&json!({"member": project}));
    client.json(call).await
}

/// Accepts or rejects an image on behalf of the project we work in.
///
/// # Errors
/// 403 for the owner: only the member may answer.
pub async fn set_member_status<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    project: &ProjectId,
    status: &MemberStatus,
) -> Result<Member, ApiError> {
    let call =
        Call::new("answer the shared image", Service::Image, Method::Put, member_path(id, project))
            .json(&json!({"status": status.as_str()}));
    client.json(call).await
}

/// Takes the offer back.
///
/// # Errors
/// 404 when there is none.
pub async fn remove_member<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    project: &ProjectId,
) -> Result<(), ApiError> {
    let call =
        Call::new("unshare the image", Service::Image, Method::Delete, member_path(id, project));
    client.send(call).await.map(drop)
}

fn member_path(id: &ImageId, project: &ProjectId) -> String {
    path(id, &format!("/members/{}", segment(project.as_str())))
}
