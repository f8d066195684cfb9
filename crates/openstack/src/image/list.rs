//! Listing, showing and deleting images.

use super::members::MemberStatus;
use super::model::{Image, ImageStatus, Visibility};
use crate::call::Call;
use crate::client::Client;
use crate::decode::Listing;
use crate::endpoint::{Service, segment};
use crate::error::ApiError;
use crate::ids::{ImageId, ProjectId};
use crate::pagination::{Marker, Page};
use crate::query::Query;
use crate::transport::{Method, Transport};

/// The most rows that Glance gives at once by default (`api_limit_max`); it quietly gives fewer where an operator says so.
const PAGE_ROWS: u32 = 1000;

/// The tabs of the images page as the API's filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Offered by the cloud.
    Public,
    /// The project's own, whatever their visibility.
    Own,
    /// Shared by other projects and accepted.
    SharedAccepted,
    /// Shared by other projects and not yet answered.
    SharedPending,
    /// Community images of everyone.
    Community,
    /// Everything that may be seen.
    All,
}

/// Which images to list. Names are matched whole by Glance, so searching inside them is the caller's work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `visibility`; `None` leaves Glance's default: own, public, and accepted shares.
    pub visibility: Option<Visibility>,
    /// For shared images: the answer given to the offer.
    pub member_status: Option<MemberStatus>,
    /// Only this project's.
    pub owner: Option<ProjectId>,
    /// Only in one of these states.
    pub statuses: Vec<ImageStatus>,
    /// Only with this exact name.
    pub name: Option<String>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// Only hidden ones: Glance shows either those or the others, never both.
    pub hidden: bool,
    /// How many rows a page has at most; as many as Glance gives when `None`.
    pub page_rows: Option<u32>,
    /// Any other filter (`os_distro`, `disk_format`), matched whole, ignoring case.
    pub other: Vec<(String, String)>,
}

impl Filter {
    /// What a tab shows; `project` is the one we work in.
    pub fn tab(tab: Tab, project: &ProjectId) -> Self {
        let visibility = |visibility| Self { visibility: Some(visibility), ..Self::default() };
        match tab {
            Tab::Public => visibility(Visibility::Public),
            Tab::Own => {
                // Without `visibility=all` Glance leaves out our own community images.
                Self {
                    owner: Some(project.clone()),
                    ..visibility(Visibility::Other("all".to_owned()))
                }
            }
            Tab::SharedAccepted => Self {
                member_status: Some(MemberStatus::Accepted),
                ..visibility(Visibility::Shared)
            },
            Tab::SharedPending => Self {
                member_status: Some(MemberStatus::Pending),
                ..visibility(Visibility::Shared)
            },
            Tab::Community => visibility(Visibility::Community),
            Tab::All => visibility(Visibility::Other("all".to_owned())),
        }
    }

    fn query(&self) -> Query {
        let mut query = Query::new()
            .with("limit", self.page_rows.unwrap_or(PAGE_ROWS).to_string())
            .with_some("visibility", self.visibility.as_ref().map(Visibility::as_str))
            .with_some("member_status", self.member_status.as_ref().map(MemberStatus::as_str))
            .with_some("owner", self.owner.as_ref().map(ProjectId::as_str))
            .with_some("name", self.name.as_deref().map(exact));
        match self.statuses.as_slice() {
            [] => {}
            [one] => query.push("status", one.as_str()),
            several => {
                let words: Vec<&str> = several.iter().map(ImageStatus::as_str).collect();
                query.push("status", format!("in:{}", words.join(",")));
            }
        }
        for tag in &self.tags {
            query.push("tag", tag);
        }
        if self.hidden {
            query.push("os_hidden", "true");
        }
        for (key, value) in &self.other {
            query.push(key, value);
        }
        query
    }
}

/// A name as a filter value. Glance reads `in:…` as an operator (glance/common/utils.py `split_filter_op`), so such a
/// name goes as a list of one, in quotes.
fn exact(name: &str) -> String {
    let is_operator =
        ["in:", "eq:", "neq:", "gt:", "gte:", "lt:", "lte:"].iter().any(|op| name.starts_with(op));
    if is_operator {
        format!("in:\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

/// One page, for lists that show their first rows early.
///
/// # Errors
/// As every call.
pub async fn list_page<T: Transport>(
    client: &Client<T>,
    filter: &Filter,
    marker: Option<&Marker>,
) -> Result<Page<Image>, ApiError> {
    client.page(list_call(filter), "images", marker).await
}

/// Every image that the filter lets through.
///
/// # Errors
/// As every call.
pub async fn list_all<T: Transport>(
    client: &Client<T>,
    filter: &Filter,
) -> Result<Listing<Image>, ApiError> {
    client.all_pages(list_call(filter), "images").await
}

fn list_call(filter: &Filter) -> Call {
    Call::new("list images", Service::Image, Method::Get, "/images").query(filter.query())
}

/// One image.
///
/// # Errors
/// [`crate::ErrorKind::NotFound`] also for one that we may not see.
pub async fn show<T: Transport>(client: &Client<T>, id: &ImageId) -> Result<Image, ApiError> {
    client.json(Call::new("show the image", Service::Image, Method::Get, path(id, ""))).await
}

/// Deletes an image for good.
///
/// # Errors
/// 403 when it is protected or not ours, 404 when it is gone, 409 when a volume or server holds on to it.
pub async fn delete<T: Transport>(client: &Client<T>, id: &ImageId) -> Result<(), ApiError> {
    client
        .send(Call::new("delete the image", Service::Image, Method::Delete, path(id, "")))
        .await
        .map(drop)
}

/// `/images/{id}{rest}`.
pub(super) fn path(id: &ImageId, rest: &str) -> String {
    format!("/images/{}{rest}", segment(id.as_str()))
}
