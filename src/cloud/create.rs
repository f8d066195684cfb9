//! What the create page asks before anything is made.

use openstack::image::{self, Filter, Formats, Image, ImageUsage, PropertyDefinition, Visibility};
use openstack::{ApiError, Listing};

use super::Cloud;

impl Cloud {
    /// The disk and container formats that this cloud's Glance takes.
    ///
    /// # Errors
    /// As every call.
    pub async fn image_formats(&self) -> Result<Formats, ApiError> {
        image::formats(self.client()).await
    }

    /// Whether the cloud fetches images from URLs by itself (`web-download`).
    ///
    /// # Errors
    /// As every call.
    pub async fn fetches_urls(&self) -> Result<bool, ApiError> {
        Ok(image::import_methods(self.client())
            .await?
            .iter()
            .any(|method| method == "web-download"))
    }

    /// The project's image quotas; `None` where the cloud keeps none.
    ///
    /// # Errors
    /// As every call.
    pub async fn image_usage(&self) -> Result<Option<ImageUsage>, ApiError> {
        image::usage(self.client()).await
    }

    /// The images with exactly this name, of all that may be seen.
    ///
    /// # Errors
    /// As every call.
    pub async fn images_named(&self, name: &str) -> Result<Listing<Image>, ApiError> {
        let filter = Filter {
            visibility: Some(Visibility::Other("all".to_owned())),
            name: Some(name.to_owned()),
            ..Filter::default()
        };
        image::list_all(self.client(), &filter).await
    }

    /// What this cloud itself explains of image properties; it may explain none.
    ///
    /// # Errors
    /// As every call.
    pub async fn property_definitions(&self) -> Result<Vec<PropertyDefinition>, ApiError> {
        image::property_definitions(self.client()).await
    }
}
