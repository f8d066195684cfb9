//! Images (Glance).

use jiff::Timestamp;
use openstack::image::{self, Filter, Image, ImportTask, Patch, Tab};
use openstack::{ApiError, ImageId, Listing, Marker, Page};

use super::Cloud;

impl Cloud {
    /// One page of every image that may be seen, newest first; the next one starts at its `next`.
    ///
    /// # Errors
    /// As every call.
    pub async fn images_page(&self, from: Option<&Marker>) -> Result<Page<Image>, ApiError> {
        image::list_page(self.client(), &Filter::tab(Tab::All, &self.project().id), from).await
    }

    /// The images that were made or changed at that moment or later, by the cloud's clock. What was deleted is not
    /// among them.
    ///
    /// # Errors
    /// As every call.
    pub async fn images_changed_since(&self, then: Timestamp) -> Result<Listing<Image>, ApiError> {
        // Glance compares whole seconds and reads no fraction.
        let then = then.strftime("gte:%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut filter = Filter::tab(Tab::All, &self.project().id);
        filter.other.push(("updated_at".to_owned(), then));
        image::list_all(self.client(), &filter).await
    }

    /// The images that other projects offer to this one and nobody here has answered. Glance leaves them out of every
    /// other list.
    ///
    /// # Errors
    /// As every call.
    pub async fn offered_images(&self) -> Result<Listing<Image>, ApiError> {
        image::list_all(self.client(), &Filter::tab(Tab::SharedPending, &self.project().id)).await
    }

    /// One image.
    ///
    /// # Errors
    /// 404 also for one that we may not see.
    pub async fn image(&self, id: &ImageId) -> Result<Image, ApiError> {
        image::show(self.client(), id).await
    }

    /// What the image service did with an image by itself: its imports.
    ///
    /// # Errors
    /// As every call; 404 where the cloud is older than the call.
    pub async fn image_tasks(&self, id: &ImageId) -> Result<Listing<ImportTask>, ApiError> {
        image::tasks(self.client(), id).await
    }

    /// Lets an image refuse to be deleted, or allows it again; returns it as it is then.
    ///
    /// # Errors
    /// 403 for images of others and for readers.
    pub async fn protect_image(&self, id: &ImageId, protected: bool) -> Result<Image, ApiError> {
        image::patch(self.client(), id, &Patch::new().protected(protected)).await
    }

    /// Deletes an image for good.
    ///
    /// # Errors
    /// 403 when it is protected or not ours, 404 when it is gone, 409 while a volume or server holds on to it.
    pub async fn delete_image(&self, id: &ImageId) -> Result<(), ApiError> {
        image::delete(self.client(), id).await
    }
}
