//! Looks at things of the cloud that change by themselves: again and again, a little slower each time. A failed look is no
//! answer.

use std::time::Duration;

use openstack::compute::Server;
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, ImageId, ServerId};

use crate::cloud::Cloud;

/// Pause between two looks at first; it grows to [`LONGEST_GLANCE`].
const GLANCE: Duration = Duration::from_millis(1000);
/// The longest pause between two looks.
const LONGEST_GLANCE: Duration = Duration::from_secs(5);
/// After so many failed looks in a row it is called lost.
const MOST_FAILED_LOOKS: u32 = 20;
/// So many looks may show nothing going on before that is believed: a task begins a moment after its answer.
pub(super) const BELIEVED: u32 = 3;

/// Looks of one order.
pub(super) struct Looks {
    failed: u32,
    pause: Duration,
}

impl Looks {
    pub(super) fn new() -> Self {
        Self { failed: 0, pause: GLANCE }
    }

    pub(super) async fn pause(&mut self) {
        gloo_timers::future::sleep(self.pause).await;
        self.pause = (self.pause * 5 / 4).min(LONGEST_GLANCE);
    }

    /// `None` when it is gone.
    pub(super) async fn image(
        &mut self,
        cloud: &Cloud,
        id: &ImageId,
    ) -> Result<Option<Image>, ApiError> {
        loop {
            match self.judge(cloud.image(id).await) {
                Some(answer) => return answer,
                None => self.pause().await,
            }
        }
    }

    /// Those of a name, whoever has them.
    pub(super) async fn images(
        &mut self,
        cloud: &Cloud,
        name: &str,
    ) -> Result<Vec<Image>, ApiError> {
        loop {
            match self.judge(cloud.images_named(name).await) {
                // A list is never gone.
                Some(answer) => return Ok(answer?.map(|found| found.items).unwrap_or_default()),
                None => self.pause().await,
            }
        }
    }

    /// `None` when it is gone.
    pub(super) async fn server(
        &mut self,
        cloud: &Cloud,
        id: &ServerId,
    ) -> Result<Option<Server>, ApiError> {
        loop {
            match self.judge(cloud.server(id).await) {
                Some(answer) => return answer,
                None => self.pause().await,
            }
        }
    }

    /// `None`: look again.
    pub(super) fn judge<T>(
        &mut self,
        answer: Result<T, ApiError>,
    ) -> Option<Result<Option<T>, ApiError>> {
        match answer {
            Ok(found) => {
                self.failed = 0;
                Some(Ok(Some(found)))
            }
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                Some(Ok(None))
            }
            Err(error) if error.is_transient() && self.failed < MOST_FAILED_LOOKS => {
                self.failed += 1;
                None
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use openstack::Service;

    use super::*;

    fn failed(kind: ErrorKind) -> Result<u8, ApiError> {
        Err(ApiError::local("look", Service::Compute, kind, ""))
    }

    #[test]
    fn a_failed_look_is_no_answer_until_there_are_too_many() {
        let mut looks = Looks::new();
        for _ in 0..MOST_FAILED_LOOKS {
            assert!(looks.judge(failed(ErrorKind::Unreachable)).is_none());
        }
        // One that was answered begins the count anew.
        assert!(matches!(looks.judge(Ok(7)), Some(Ok(Some(7)))));
        for _ in 0..MOST_FAILED_LOOKS {
            assert!(looks.judge(failed(ErrorKind::Server)).is_none());
        }
        assert!(matches!(looks.judge(failed(ErrorKind::Server)), Some(Err(_))));
    }

    #[test]
    fn what_is_gone_and_what_is_refused_is_an_answer() {
        let mut looks = Looks::new();
        assert!(matches!(looks.judge(failed(ErrorKind::NotFound)), Some(Ok(None))));
        assert!(matches!(looks.judge(failed(ErrorKind::Forbidden)), Some(Err(_))));
    }
}
