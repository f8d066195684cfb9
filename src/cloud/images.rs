//! Images (Glance).

use openstack::Timestamp;
use openstack::image::{
    self, Filter, Image, ImportTask, Member, MemberStatus, Patch, Tab, Visibility,
};
use openstack::{ApiError, ErrorKind, ImageId, Listing, Marker, Page, ProjectId};

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
        let then = format!("gte:{}", then.whole_second());
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

    /// Changes an image in one go and returns it as it is then.
    ///
    /// # Errors
    /// 400 by the schema, 403 by policy, 409 for a property that went away meanwhile, 413 for too many of something.
    pub async fn change_image(&self, id: &ImageId, changes: &Patch) -> Result<Image, ApiError> {
        image::patch(self.client(), id, changes).await
    }

    /// Opens (`open`) or closes an image's data.
    ///
    /// # Errors
    /// 403 by policy: in some clouds only operators may.
    pub async fn open_image(&self, id: &ImageId, open: bool) -> Result<(), ApiError> {
        match open {
            true => image::reactivate(self.client(), id).await,
            false => image::deactivate(self.client(), id).await,
        }
    }

    /// Adds a tag, or removes it. Others' tags stay as they are, whoever changes them meanwhile.
    ///
    /// # Errors
    /// 413 beyond the number of tags that the cloud allows.
    pub async fn tag_image(&self, id: &ImageId, tag: &str, there: bool) -> Result<(), ApiError> {
        if there {
            return image::add_tag(self.client(), id, tag).await;
        }
        match image::remove_tag(self.client(), id, tag).await {
            // Somebody else was quicker: what was asked for is so.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// With whom an image is shared: all of them for its owner, only this project for a member. Nobody for an image that
    /// cannot be shared.
    ///
    /// # Errors
    /// As every call.
    pub async fn image_members(&self, image: &Image) -> Result<Vec<Member>, ApiError> {
        if image.visibility != Visibility::Shared {
            return Ok(Vec::new());
        }
        match image::members(self.client(), &image.id).await {
            Ok(members) => Ok(members.items),
            // Its visibility has changed meanwhile, or it is no longer shared with us.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// Offers an image to another project. One that is not shareable is made so first, as Glance refuses members else.
    ///
    /// # Errors
    /// 403 by policy, 409 when it is offered already, 413 for too many members.
    pub async fn share_image(&self, image: &Image, with: &ProjectId) -> Result<Member, ApiError> {
        if image.visibility != Visibility::Shared {
            // What somebody else has opened to everybody meanwhile stays so; Glance then refuses the member.
            let now = image::show(self.client(), &image.id).await?;
            if now.visibility == Visibility::Private {
                let shared = Patch::new().visibility(&Visibility::Shared);
                image::patch(self.client(), &image.id, &shared).await?;
            }
        }
        image::add_member(self.client(), &image.id, with).await
    }

    /// Takes an offer back.
    ///
    /// # Errors
    /// 403 by policy.
    pub async fn unshare_image(&self, id: &ImageId, with: &ProjectId) -> Result<(), ApiError> {
        match image::remove_member(self.client(), id, with).await {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Answers the offer of an image for the project we work in.
    ///
    /// # Errors
    /// 403 for readers, 404 when the offer was taken back.
    pub async fn answer_image(
        &self,
        id: &ImageId,
        answer: &MemberStatus,
    ) -> Result<Member, ApiError> {
        image::set_member_status(self.client(), id, &self.project().id, answer).await
    }

    /// Deletes an image for good.
    ///
    /// # Errors
    /// 403 when it is protected or not ours, 404 when it is gone, 409 while a volume or server holds on to it.
    pub async fn delete_image(&self, id: &ImageId) -> Result<(), ApiError> {
        image::delete(self.client(), id).await
    }
}
