//! Data that lives in the cloud: what we have of it, since when, and how the last attempt went.
//!
//! A failed refresh keeps the data and says so. A failed list is not an empty list.

use openstack::ApiError;
use openstack::Timestamp;

/// What we know of something remote.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote<T> {
    /// The newest data, with the time it was received.
    pub data: Option<Dated<T>>,
    /// An attempt is under way.
    pub refreshing: bool,
    /// How the last attempt failed; cleared by the next that succeeds.
    pub error: Option<ApiError>,
}

/// Data and when it was received.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated<T> {
    /// The data.
    pub value: T,
    /// By this computer's clock.
    pub received_at: Timestamp,
}

/// What a page shows first of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing yet: a skeleton.
    Loading,
    /// Nothing, and an error: the error takes the place of the data.
    Failed,
    /// Data, perhaps old: show it, and an error above it if there is one.
    Ready,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { data: None, refreshing: false, error: None }
    }
}

impl<T> Remote<T> {
    /// The data, however old.
    pub fn value(&self) -> Option<&T> {
        self.data.as_ref().map(|data| &data.value)
    }

    /// What to show.
    pub fn phase(&self) -> Phase {
        match (&self.data, &self.error) {
            (Some(_), _) => Phase::Ready,
            (None, Some(_)) => Phase::Failed,
            (None, None) => Phase::Loading,
        }
    }

    /// Takes an answer.
    pub fn settle(&mut self, answer: Result<T, ApiError>, received_at: Timestamp) {
        self.refreshing = false;
        match answer {
            Ok(value) => {
                self.data = Some(Dated { value, received_at });
                self.error = None;
            }
            Err(error) => self.error = Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use openstack::Timestamp;
    use openstack::{ApiError, ErrorKind, Service};

    use super::{Phase, Remote};

    #[test]
    fn a_failed_refresh_keeps_the_data() {
        let mut remote = Remote::default();
        assert_eq!(remote.phase(), Phase::Loading);
        remote.settle(Ok(1), Timestamp::UNIX_EPOCH);
        let error = ApiError::local("list images", Service::Image, ErrorKind::Timeout, "");
        remote.settle(Err(error), Timestamp::MAX);
        assert_eq!((remote.phase(), remote.value()), (Phase::Ready, Some(&1)));
        assert!(remote.error.is_some());
        remote.settle(Ok(2), Timestamp::MAX);
        assert_eq!((remote.value(), &remote.error), (Some(&2), &None));
    }
}
