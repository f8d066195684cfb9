//! Lists of images (Glance) as the images page reads them: in pages, and the small lists that Glance keeps apart.

use openstack::image::{self, Filter, Image, MemberStatus, Tab, Visibility};
use openstack::{ApiError, Listing, Marker, Page};

use super::Cloud;

impl Cloud {
    /// One page of every image that may be seen, newest first, of so many rows at most; the next one starts at its `next`.
    ///
    /// # Errors
    /// As every call.
    pub async fn image_rows(
        &self,
        rows: u32,
        from: Option<&Marker>,
    ) -> Result<Page<Image>, ApiError> {
        let filter = Filter { page_rows: Some(rows), ..Filter::tab(Tab::All, &self.project().id) };
        image::list_page(self.client(), &filter, from).await
    }

    /// The images that their owners have hidden from lists. Glance lists either those or the others.
    ///
    /// # Errors
    /// As every call.
    pub async fn hidden_images(&self) -> Result<Listing<Image>, ApiError> {
        let filter = Filter { hidden: true, ..Filter::tab(Tab::All, &self.project().id) };
        image::list_all(self.client(), &filter).await
    }

    /// The images that other projects share with this one and that somebody here has rejected. Glance leaves them out of
    /// every other list.
    ///
    /// # Errors
    /// As every call.
    pub async fn rejected_images(&self) -> Result<Listing<Image>, ApiError> {
        let filter = Filter {
            visibility: Some(Visibility::Shared),
            member_status: Some(MemberStatus::Rejected),
            ..Filter::default()
        };
        image::list_all(self.client(), &filter).await
    }
}
